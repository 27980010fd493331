"""The pages (CONTRACT §7): GET shows, POST decides. Every answer carries the same strict headers."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import quote, urlsplit

import uvicorn
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ..errors import StoreBusy, UsageError
from ..service import health
from ..service.health import Probes
from ..service.pages import visits as pages
from ..service.pages.browsers import Closed, Opened
from ..service.system import System
from . import cookies

BODY_LIMIT = 512 * 1024  #: bytes of a posted form
HEAD_SECONDS = 10.0  #: how long a request may take to say what it wants
BODY_SECONDS = 30.0  #: how long its form may take after that
GONE_SECONDS = 0.05  #: no 404 leaves sooner: a page that is over is looked up longer than one that never was
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")  #: what a browser posts
STALE = ("version", "shown", "NothingToUndo")  #: errors of forms that came too late
CLOSED = {"": 200, "soon": 200, "many": 429}  #: statuses of what a browser gets that nobody confirmed, else 403
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")  #: what a proxy adds to a request
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


class Pages:
    """The routes, with what they need."""

    def __init__(self, system: System, acted: Callable[[], object], probes: Probes) -> None:
        self.system = system
        self.acted = acted
        self.probes = probes
        self.templates: Environment = system.templates
        self.headers = _headers(self._render("web/gone.html", 404))

    async def show(self, request: Request) -> Response:
        page = await run_in_threadpool(pages.view, self.system, request.path_params["token"], cookies.visitor(request))
        return self._page(page)

    async def decide(self, request: Request) -> Response:
        if refused := _refused(request, self.system.policy.public_url):
            return self._sorry(refused)
        token, fields = request.path_params["token"], await _fields(request)
        page = await run_in_threadpool(pages.decide, self.system, token, fields, cookies.visitor(request))
        self.acted()
        return self._page(page, posted=True)

    async def code(self, request: Request) -> Response:
        if refused := _refused(request, self.system.policy.public_url):
            return self._sorry(refused)
        token, fields = request.path_params["token"], await _fields(request)
        found = await run_in_threadpool(pages.code, self.system, token, fields, cookies.visitor(request))
        self.acted()
        if isinstance(found, Opened):
            answer = Response(status_code=303, headers={**HEADERS, "Location": f"/v/{found.token}"})
        else:
            answer = self._page(found)
        cookies.give(answer, found, self.system.policy.public_url)
        return answer

    async def file(self, request: Request) -> Response:
        token, n = request.path_params["token"], request.path_params["n"]
        found = await run_in_threadpool(pages.file, self.system, token, n, cookies.visitor(request))
        if isinstance(found, Closed):
            return self._page(replace(found, error="closed"))
        if found is None:
            return self._gone()
        name = f"attachment; filename*=UTF-8''{quote(found[0].name, safe='')}"
        return Response(
            found[1], media_type="application/octet-stream", headers={**HEADERS, "Content-Disposition": name}
        )

    async def health(self, request: Request) -> Response:
        return PlainTextResponse("ok\n", headers=HEADERS)

    async def ready(self, request: Request) -> Response:
        found = await run_in_threadpool(health.readiness, self.system, self.probes)
        return PlainTextResponse(found.as_text(), 200 if found.ready else 503, headers=HEADERS)

    async def metrics(self, request: Request) -> Response:
        """For those of [web] metrics; what a proxy hands on comes from elsewhere, whatever its headers claim."""
        peer = request.client.host if request.client else ""
        if any(name in request.headers for name in FORWARDED) or not self.probes.may_read(peer):
            return self._gone()
        said = await run_in_threadpool(health.metrics, self.system)
        return PlainTextResponse(said, headers=HEADERS, media_type="text/plain; version=0.0.4")

    async def unknown(self, request: Request, error: Exception) -> Response:
        return self._gone()

    async def unreadable(self, request: Request, error: Exception) -> Response:
        return self._sorry(400)

    async def left(self, request: Request, error: Exception) -> Response:
        """The browser went away before its form was whole: nobody reads this."""
        return Response(status_code=400)

    async def busy(self, request: Request, error: Exception) -> Response:
        return self._sorry(503)

    async def failed(self, request: Request, error: Exception) -> Response:
        return self._sorry(500)

    def _page(self, page: pages.AnyPage | Closed | None, posted: bool = False) -> Response:
        if page is None:
            return self._gone()
        if isinstance(page, Closed):
            return self._html(f"web/{page.kind}.html", CLOSED.get(page.error, 403), page)
        stale = page.error in STALE or (posted and page.kind == "changed")
        return self._html(f"web/{page.kind}.html", 409 if stale else 400 if page.error else 200, page)

    def _gone(self) -> Response:
        return self._html("web/gone.html", 404)

    def _sorry(self, status: int) -> Response:
        """A form that cannot be taken (4xx), or a page that cannot be made now (5xx)."""
        return self._html("web/sorry.html", status)

    def _html(self, name: str, status: int, page: pages.AnyPage | Closed | None = None) -> Response:
        shown = page and pages.fit(page, self.system)
        return Response(self._render(name, status, shown), status, headers=self.headers, media_type="text/html")

    def _render(self, name: str, status: int, page: pages.AnyPage | Closed | None = None) -> str:
        return self.templates.get_template(name).render(oga=self.system.oga, page=page, status=status)


def _headers(html: str) -> dict[str, str]:
    """The headers of a page. Its one style sheet, the same for all, is allowed by its hash (CSP3 §2.3.1), so that no
    style that somebody writes into a page counts."""
    sheet = re.search(r"<style>(.*?)</style>", html, re.S)
    digest = base64.b64encode(hashlib.sha256(sheet[1].encode() if sheet else b"").digest()).decode()
    rules = HEADERS["Content-Security-Policy"]
    return {**HEADERS, "Content-Security-Policy": f"{rules}; style-src 'sha256-{digest}'"}


async def _fields(request: Request) -> dict[str, str]:
    form = await request.form(max_files=0, max_fields=12, max_part_size=BODY_LIMIT)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _refused(request: Request, public_url: str) -> int:
    """The status of a form that is not even read, or 0: of another site, more than a page sends, or no form."""
    if _foreign(request, public_url):
        return 403
    size = request.headers.get("content-length", "")
    if not size.isdigit() or int(size) > BODY_LIMIT:
        return 413
    kind = request.headers.get("content-type", FORMS[0]).partition(";")[0].strip().lower()
    return 0 if kind in FORMS else 415


def _foreign(request: Request, public_url: str) -> bool:
    """True where a browser says that the form stood on another site.

    Our own pages ask for no Referer, and a browser then writes `Origin: null`: that says nothing. A proxy before us
    may write another Host than the browser did, so the public address counts as ours too.
    """
    ours = (request.headers.get("host", ""), urlsplit(public_url).netloc)
    for name in ("origin", "referer"):
        said = request.headers.get(name)
        if said and said != "null" and urlsplit(said).netloc not in ours:
            return True
    return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


def application(system: System, acted: Callable[[], object] = lambda: None, probes: Probes = health.NONE) -> Starlette:
    """The web application of one mailbot; `acted` is called after each posted form, since letters may be due."""
    routes = Pages(system, acted, probes)
    return Starlette(
        routes=[
            Route("/v/{token}", routes.show, methods=["GET"]),
            Route("/v/{token}", routes.decide, methods=["POST"]),
            Route("/v/{token}/code", routes.code, methods=["POST"]),
            Route("/f/{token}/{n:int}", routes.file, methods=["GET"]),
            Route("/healthz", routes.health, methods=["GET"]),
            Route("/readyz", routes.ready, methods=["GET"]),
            Route("/metrics", routes.metrics, methods=["GET"]),
        ],
        middleware=[Middleware(_Alike)],
        exception_handlers={
            404: routes.unknown,
            405: routes.unknown,
            400: routes.unreadable,
            ClientDisconnect: routes.left,
            StoreBusy: routes.busy,
            Exception: routes.failed,
        },
    )


class _Alike:
    """Sends every 404 so long after its request, whatever was looked up for it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.monotonic()

        async def later(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 404:
                await asyncio.sleep(begun + GONE_SECONDS - time.monotonic())
            await send(message)

        await self.app(scope, receive, later)


class _Protocol(HttpToolsProtocol):
    """uvicorn's, which waits for ever for a request that stops half-way: here that is cut off, as is a silent peer."""

    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect(HEAD_SECONDS)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._expect(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._expect(BODY_SECONDS)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._forget()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def _expect(self, seconds: float) -> None:
        self._forget()
        self._limit = self.loop.call_later(seconds, self.transport.close)

    def _forget(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None


class _Server(uvicorn.Server):
    """uvicorn inside our process: the signals are ours."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class WebServer:
    """A running web server. Made by `start`."""

    def __init__(self, server: _Server, task: asyncio.Task[None], port: int) -> None:
        self._server, self._task, self.port = server, task, port

    async def close(self, grace: float = 5) -> None:
        """Take no new request, let those under way end."""
        self._server.should_exit = True
        await asyncio.wait_for(self._task, grace + 5)


async def start(
    system: System, host: str, port: int, acted: Callable[[], object] = lambda: None, probes: Probes = health.NONE
) -> WebServer:
    """Serve the pages; port 0 takes a free one. `acted` is called after each posted form.

    Raises UsageError where the address cannot be bound.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # unnamed, asyncio leaves Nagle on
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UsageError(f"cannot serve pages on {host}:{port} ([web] host, port): {error.strerror}") from error
    config = uvicorn.Config(
        application(system, acted, probes),
        http=_Protocol,
        access_log=False,  # paths hold tokens
        log_level="warning",
        log_config=None,
        lifespan="off",
        proxy_headers=False,  # who may read /metrics is judged by the real peer
        server_header=False,
        date_header=False,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=5,
        limit_concurrency=500,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not task.done():
        await asyncio.sleep(0.005)
    return WebServer(server, task, listener.getsockname()[1])
