"""The roles of the provincial database: each component enters as its own, with what it needs."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import psycopg
from psycopg import sql

from infra.postgres import Connection, classified
from infra.queries import read_queries

ROLES = (
    "province_sink",
    "province_quarantine",
    "province_findings",
    "province_reader",
    "province_receipt",
    "province_obligations",
    "province_operator",
)

LIMITS: Mapping[str, str] = MappingProxyType(
    {
        "idle_in_transaction_session_timeout": "5s",
        "lock_timeout": "5s",
        "statement_timeout": "60s",
        "client_connection_check_interval": "2s",
        "jit": "off",  # compiling takes longer than any statement of ours
    }
)
"""How long a sink's session may hold others up; its successor waits no longer."""


def set_roles(
    connection: Connection, passwords: Mapping[str, str], limits: Mapping[str, str] = LIMITS
) -> None:
    """Make the roles, their passwords, limits and rights as wanted; run again after new tables.

    *passwords* holds one for each of ROLES. The caller's role must be allowed to make roles.

    Raises:
        Transient: the server went away; nothing was changed.
        Fatal: the server refused, for example because rights are missing.
    """
    try:
        with connection.transaction():
            for role in ROLES:
                _set_role(connection, role, passwords[role])
                _set_limits(connection, role, limits)
            _grant(connection)
    except psycopg.Error as error:
        raise classified(error) from error


def _set_role(connection: Connection, role: str, password: str) -> None:
    queries = read_queries("roles")
    name = sql.Identifier(role)
    if connection.execute(queries["known"], {"role": role}).fetchone() is None:
        connection.execute(queries["create"].format(role=name))
    verifier = connection.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    )
    identify = queries["identify"].format(role=name, verifier=sql.Literal(verifier.decode()))
    connection.execute(identify)


def _set_limits(connection: Connection, role: str, limits: Mapping[str, str]) -> None:
    query = read_queries("roles")["limit"]
    for setting, value in limits.items():
        names = {"role": sql.Identifier(role), "setting": sql.Identifier(setting)}
        connection.execute(query.format(value=sql.Literal(value), **names))


def _grant(connection: Connection) -> None:
    queries = read_queries("roles")
    database = sql.Identifier(connection.info.dbname)
    for name in ("shut", "enter", "enter_staging"):
        connection.execute(queries[name].format(database=database))
    names = ("sink", "refusals", "quarantine", "findings", "reader", "receipt", "obligations")
    for name in (*names, "operator"):
        connection.execute(queries[f"grant_{name}"])
    for (table,) in connection.execute(queries["clean_tables"]).fetchall():
        held = sql.Identifier("clean", str(table))
        connection.execute(queries["grant_order"].format(table=held))


def grant_columns(connection: Connection, columns: Mapping[str, Sequence[str]]) -> None:
    """Let the finder read *columns* of `clean` (dataset -> names), and no other one (invariant 6).

    Raises:
        Transient: the server went away.
        Fatal: the server refused; a column may be missing from its table.
    """
    query = read_queries("roles")["grant_columns"]
    try:
        with connection.transaction():
            for dataset, names in columns.items():
                table = sql.Identifier("clean", dataset)
                listed = sql.SQL(", ").join(map(sql.Identifier, names))
                connection.execute(query.format(table=table, columns=listed))
    except psycopg.Error as error:
        raise classified(error) from error
