"""The portal's pages for people: Vietnamese, rendered here, no script needed."""

from collections.abc import Iterable
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from consumers.portal.formats import last_change
from consumers.portal.store import Snapshot
from schemas.contract import Dataset

_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

STYLE = """\
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 0 auto; padding: 1.5rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top }
th, td { padding: .5rem .75rem; border-bottom: 1px solid #8884 }
td.n { text-align: right; font-variant-numeric: tabular-nums }
p.note { opacity: .8 }
"""

_PAGE = """\
<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/kieu.css">
</head>
<body>
<header><h1>{title}</h1></header>
<main>
{body}
</main>
</body>
</html>
"""

_TABLE = """\
<p>Dữ liệu mở của tỉnh Sơn La, cập nhật liên tục từ cơ sở dữ liệu của các sở, ngành.</p>
<table>
<thead><tr><th scope="col">Bộ dữ liệu</th><th scope="col">Số bản ghi</th>
<th scope="col">Thay đổi gần nhất</th><th scope="col">Tải về</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
<p class="note">Danh sách dành cho phần mềm: <a href="/api/datasets">/api/datasets</a></p>
"""

_ROW = """\
<tr><td>{title}<br><small><code>{id}</code></small></td><td class="n">{count}</td><td>{changed}</td>
<td><a href="/data/{id}.json">JSON</a> · <a href="/data/{id}.csv">CSV</a> · \
<a href="/data/{id}.csv?bom=1">CSV cho Excel</a></td></tr>"""


def front_page(entries: Iterable[tuple[Dataset, Snapshot | None]]) -> str:
    """Render the list of datasets; one that is being filled says so."""
    rows = "\n".join(_row(dataset, snapshot) for dataset, snapshot in entries)
    body = _TABLE.format(rows=rows)
    return _PAGE.format(title="Cổng dữ liệu mở tỉnh Sơn La", body=body)


def message_page(title: str, sentence: str) -> str:
    """Render one sentence to a person: not found, not ready."""
    back = '<p><a href="/">Quay lại danh sách bộ dữ liệu</a></p>'
    return _PAGE.format(title=escape(title), body=f"<p>{escape(sentence)}</p>\n{back}")


def _row(dataset: Dataset, snapshot: Snapshot | None) -> str:
    count, changed = "", "đang được nạp, xin quay lại sau"
    if snapshot is not None:
        count, changed = _grouped(len(snapshot.rows)), _local(last_change(snapshot))
    title = escape(dataset.title)
    return _ROW.format(title=title, id=escape(dataset.id), count=count, changed=changed)


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _local(instant: str | None) -> str:
    if instant is None:
        return "chưa có"
    moment = datetime.fromisoformat(instant).astimezone(_ZONE)
    shown = moment.strftime("%d/%m/%Y %H:%M:%S")
    return f'<time datetime="{instant}">{shown}</time>'
