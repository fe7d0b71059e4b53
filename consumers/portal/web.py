"""The portal's web application: routes, headers and refusals."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from consumers.portal.formats import as_csv, as_json, last_change
from consumers.portal.page import STYLE, front_page, message_page
from consumers.portal.store import Snapshot, Store
from infra.errors import Trouble, Usage
from infra.redis_client import open_redis
from infra.settings import Settings
from schemas.contract import Dataset

RETRY_AFTER_S = "5"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_Next = Callable[[Request], Awaitable[Response]]


class Refusal(Exception):
    """A request that gets no data: its status, and the sentence a person reads."""

    def __init__(self, status: int, sentence: str) -> None:
        """Take the HTTP *status* and a Vietnamese *sentence*."""
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def make_app(store: Store, datasets: Mapping[str, Dataset]) -> FastAPI:
    """Build the application over *store*; only datasets with public columns are known to it."""
    app = FastAPI(title="Cổng dữ liệu mở", docs_url=None, redoc_url=None)
    known = {name: one for name, one in datasets.items() if one.open_columns}
    app.middleware("http")(_secured)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(Trouble, _away)
    _add_routes(app, store, known)
    return app


def _add_routes(app: FastAPI, store: Store, known: Mapping[str, Dataset]) -> None:
    @app.get("/", response_class=HTMLResponse)
    def front() -> str:
        return front_page((one, store.read(one)) for one in known.values())

    @app.get("/kieu.css")
    def style() -> Response:
        return Response(STYLE, media_type="text/css")

    @app.get("/api/datasets")
    def datasets() -> list[dict[str, Any]]:
        return [_entry(one, store.read(one)) for one in known.values()]

    @app.api_route("/data/{name}.json", methods=["GET", "HEAD"])
    def json(name: str, request: Request) -> Response:
        dataset, snapshot = _found(store, known, name)
        return _answer(request, snapshot, as_json(dataset, snapshot), "application/json")

    @app.api_route("/data/{name}.csv", methods=["GET", "HEAD"])
    def csv(name: str, request: Request, *, bom: bool = False) -> Response:
        dataset, snapshot = _found(store, known, name)
        body = as_csv(dataset, snapshot, bom=bom)
        answer = _answer(request, snapshot, body, "text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{dataset.id}.csv"'
        return answer

    @app.get("/{rest:path}", include_in_schema=False)
    def nothing(rest: str) -> Response:
        raise Refusal(404, f"Không có trang “/{rest}”. Mời xem danh sách bộ dữ liệu ở trang chủ.")


def _entry(dataset: Dataset, snapshot: Snapshot | None) -> dict[str, Any]:
    return {
        "id": dataset.id,
        "title": dataset.title,
        "version": dataset.version,
        "ready": snapshot is not None,
        "count": None if snapshot is None else len(snapshot.rows),
        "last_change": None if snapshot is None else last_change(snapshot),
        "json": f"/data/{dataset.id}.json",
        "csv": f"/data/{dataset.id}.csv",
    }


def _found(store: Store, known: Mapping[str, Dataset], name: str) -> tuple[Dataset, Snapshot]:
    if name not in known:
        raise Refusal(404, f"Không có bộ dữ liệu mở “{name}”. Mời xem danh sách ở trang chủ.")
    snapshot = store.read(known[name])
    if snapshot is None:
        raise Refusal(503, "Bộ dữ liệu đang được nạp lại, xin thử lại sau vài giây.")
    return known[name], snapshot


def _answer(request: Request, snapshot: Snapshot, body: bytes, media: str) -> Response:
    """Answer with a strong tag made of the content: the same content has it after a rebuild too."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "public, no-cache"}
    changed = last_change(snapshot)
    if changed is not None:
        headers["Last-Modified"] = formatdate(snapshot.changed // 1_000_000, usegmt=True)
        headers["X-Suoi-Last-Change"] = changed
    asked = request.headers.get("if-none-match", "")
    if tag in (part.strip().removeprefix("W/") for part in asked.split(",")) or asked == "*":
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media, headers=headers)


async def _secured(request: Request, follow: _Next) -> Response:
    answer = await follow(request)
    for name, value in _HEADERS.items():
        answer.headers[name] = value
    return answer


async def _refused(request: Request, trouble: Exception) -> Response:
    assert isinstance(trouble, Refusal)  # noqa: S101  registered for this class alone
    return _say(request, trouble.status, trouble.sentence)


async def _away(request: Request, _trouble: Exception) -> Response:
    return _say(request, 503, "Cổng tạm thời chưa đọc được kho dữ liệu, xin thử lại sau vài giây.")


def _say(request: Request, status: int, sentence: str) -> Response:
    headers = {"Cache-Control": "no-store"}
    if status == 503:  # noqa: PLR2004  the status is its own name
        headers["Retry-After"] = RETRY_AFTER_S
    if "text/html" in request.headers.get("accept", ""):
        title = "Không tìm thấy" if status == 404 else "Tạm thời gián đoạn"  # noqa: PLR2004  as above
        return HTMLResponse(message_page(title, sentence), status, headers)
    return JSONResponse({"error": sentence}, status, headers)


def run(settings: Settings, catalogue: Mapping[str, Dataset]) -> None:
    """Serve the portal until told to stop (SIGTERM, SIGINT).

    Raises:
        Usage: settings miss Redis.
    """
    if settings.redis is None:
        message = "The portal needs SUOI_REDIS_PORT, SUOI_REDIS_USER and SUOI_REDIS_PASSWORD_FILE."
        raise Usage(message)
    app = make_app(Store(open_redis(settings.redis, "suoi-portal")), catalogue)
    uvicorn.run(
        app,
        host=settings.portal_host,
        port=settings.portal_port,
        log_config=None,
        access_log=False,
        server_header=False,
    )
