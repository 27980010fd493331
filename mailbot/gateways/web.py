"""The pages (CONTRACT §7): GET shows, POST decides. Every answer carries the same strict headers."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from urllib.parse import quote, urlsplit

import uvicorn
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..errors import StoreBusy, UsageError
from ..service import pages
from ..service.pages import Page
from ..service.system import System

BODY_LIMIT = 512 * 1024  #: bytes of a posted form
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


class Pages:
    """The routes, with what they need."""

    def __init__(self, system: System, acted: Callable[[], object]) -> None:
        self.system = system
        self.acted = acted
        self.templates: Environment = system.templates

    async def show(self, request: Request) -> Response:
        page = await run_in_threadpool(pages.view, self.system, request.path_params["token"])
        return self._page(page)

    async def decide(self, request: Request) -> Response:
        if _foreign(request):
            return self._gone(403)
        form = await _form(request)
        if form is None:
            return self._gone(413)
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        page = await run_in_threadpool(pages.decide, self.system, request.path_params["token"], fields)
        self.acted()
        return self._page(page, posted=True)

    async def file(self, request: Request) -> Response:
        token, n = request.path_params["token"], request.path_params["n"]
        found = await run_in_threadpool(pages.file, self.system, token, n)
        if found is None:
            return self._gone()
        name = f"attachment; filename*=UTF-8''{quote(found[0].name, safe='')}"
        return Response(
            found[1], media_type="application/octet-stream", headers={**HEADERS, "Content-Disposition": name}
        )

    async def health(self, request: Request) -> Response:
        return PlainTextResponse("ok\n", headers=HEADERS)

    async def unknown(self, request: Request, error: Exception) -> Response:
        return self._gone()

    async def busy(self, request: Request, error: Exception) -> Response:
        return PlainTextResponse("Réessayez dans un instant.\n", 503, headers={**HEADERS, "Retry-After": "5"})

    def _page(self, page: Page | None, posted: bool = False) -> Response:
        if page is None:
            return self._gone()
        status = 409 if page.kind == "changed" and posted else 400 if page.error else 200
        return self._html(f"web/{page.kind}.html", status, page=page)

    def _gone(self, status: int = 404) -> Response:
        return self._html("web/gone.html", status)

    def _html(self, name: str, status: int, page: Page | None = None) -> Response:
        html = self.templates.get_template(name).render(oga=self.system.oga, page=page and pages.fit(page, self.system))
        return Response(html, status, headers=HEADERS, media_type="text/html")


def _foreign(request: Request) -> bool:
    """True where a browser says that the form stood on another site.

    Our own pages ask for no Referer, and a browser then writes `Origin: null`: that says nothing.
    """
    host = request.headers.get("host", "")
    for name in ("origin", "referer"):
        said = request.headers.get(name)
        if said and said != "null" and urlsplit(said).netloc != host:
            return True
    return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


async def _form(request: Request) -> FormData | None:
    """The posted fields; None where they are more than a page sends."""
    size = request.headers.get("content-length", "")
    if not size.isdigit() or int(size) > BODY_LIMIT:
        return None
    return await request.form(max_files=0, max_fields=12, max_part_size=BODY_LIMIT)


def application(system: System, acted: Callable[[], object] = lambda: None) -> Starlette:
    """The web application of one mailbot; `acted` is called after each posted form, since letters may be due."""
    routes = Pages(system, acted)
    return Starlette(
        routes=[
            Route("/v/{token}", routes.show, methods=["GET"]),
            Route("/v/{token}", routes.decide, methods=["POST"]),
            Route("/f/{token}/{n:int}", routes.file, methods=["GET"]),
            Route("/healthz", routes.health, methods=["GET"]),
        ],
        exception_handlers={404: routes.unknown, 405: routes.unknown, 400: routes.unknown, StoreBusy: routes.busy},
    )


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


async def start(system: System, host: str, port: int, acted: Callable[[], object] = lambda: None) -> WebServer:
    """Serve the pages; port 0 takes a free one. `acted` is called after each posted form.

    Raises UsageError where the address cannot be bound.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UsageError(f"cannot serve pages on {host}:{port} ([web] host, port): {error.strerror}") from error
    config = uvicorn.Config(
        application(system, acted),
        http="httptools",
        access_log=False,  # paths hold tokens
        log_level="warning",
        log_config=None,
        lifespan="off",
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
