"""The provincial database made ready: migrations, tables from the contracts, roles."""

from collections.abc import Iterable

from consumers.findings.members import columns_read
from consumers.findings.rules import rules_of
from infra.local.access import postgres_conninfo
from infra.local.home import Home
from infra.migrations import make_tables, migrate
from infra.postgres import connect
from infra.roles import ROLES, grant_columns, set_roles
from suoi.law import read_captured


def migrate_province(home: Home, phases: Iterable[str] = ("pre", "post")) -> list[str]:
    """Apply what is missing, then make tables and rights; returns what was done, by name.

    Raises:
        Fatal: a table differs from its contract in a way that takes a migration.
        Transient: the database is away.
    """
    catalogue = read_captured()
    connection = connect("suoi migrate", postgres_conninfo(home, "postgres"))
    try:
        done = [name for phase in phases for name in migrate(connection, phase)]
        done += make_tables(connection, catalogue.values())
        passwords = {role: home.secret(f"pg_{role}") for role in ROLES}
        set_roles(connection, passwords)
        grant_columns(connection, columns_read(rules_of(catalogue), catalogue))
    finally:
        connection.close()
    return done
