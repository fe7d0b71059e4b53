"""Named SQL: each file of infra/sql holds queries, each under a line `-- its_name --`.

`{names}` in a query are filled by psycopg.sql, never by an f-string; values travel as `%(name)s`.
"""

import re
from functools import cache
from pathlib import Path

from psycopg import sql

SQL_DIRECTORY = Path(__file__).parent / "sql"
_HEADING = re.compile(r"^-- (\w+) --$", re.MULTILINE)


@cache
def read_queries(name: str) -> dict[str, sql.SQL]:
    """Read the queries of `infra/sql/<name>.sql` by their names."""
    text = (SQL_DIRECTORY / f"{name}.sql").read_text(encoding="utf-8")
    parts = _HEADING.split(text)[1:]
    return {title: statement(body) for title, body in zip(parts[::2], parts[1::2], strict=True)}


def statement(text: str) -> sql.SQL:
    """Take *text* of a file of ours as SQL; the type asks for a literal, a shipped file is one."""
    return sql.SQL(text.strip())
