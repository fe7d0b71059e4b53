"""The open data portal: a read-only web process whose only store is Redis (DESIGN.md 7).

It holds no database credentials and cannot reach the provincial database.
"""

from consumers.portal.web import make_app, run

__all__ = ["make_app", "run"]
