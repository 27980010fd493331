"""The page of the sandbox: mailboxes, letters as a mail program shows them, replies, and a clock to move.

On loopback only, and only for forms of its own: what another site posts into it is refused by its Origin.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import smtplib
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import uvicorn
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from ..errors import UsageError
from ..letters import typography
from . import showing
from .desk import Desk, NotSent
from .forging import LABELS
from .people import Box, Group, grouped
from .running import PARIS, Running
from .sandbox import BOT

FOLDER = Path(__file__).parent / "page"
WAIT = 3.0  #: seconds that a form waits for what it brings about; what takes longer arrives by itself
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
STEPS: dict[str, Callable[[Running], None]] = {
    "heure": lambda here: here.later(hours=1),
    "jour": lambda here: here.next_working_day(),
    "semaine": lambda here: here.morning(7),
}
VERBS = ("AIDE",)  #: words that mean something without a letter to reply to


class Site:
    """The routes, with the sandbox they show."""

    def __init__(self, here: Running, port: int) -> None:
        self.here, self.office = here, here.office
        self.desk = Desk(here)
        self.root = f"http://127.0.0.1:{port}"
        self.hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        self.moving = threading.Lock()
        self.templates = Environment(
            loader=FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self.templates.filters.update(boxed=_path, refs=_refs, of=typography.of, moment=typography.moment)

    # --- pages --------------------------------------------------------------------------------------------------

    def home(self, request: Request) -> Response:
        attempt = self.desk.forgery()
        forgery = (attempt, urlencode(attempt.fields)) if attempt else None
        return self._page("home.html", request, starts=self.desk.starts(), forgery=forgery)

    def box(self, request: Request) -> Response:
        return self._page("box.html", request, self._box(request))

    def sent(self, request: Request) -> Response:
        return self._page("box.html", request, self._box(request), sent_box=True)

    def letter(self, request: Request) -> Response:
        box = self._box(request)
        letter = self._letter(request, box)
        self.office.open_letter(letter)
        shown = showing.shown(letter, PARIS, self.root + _path(box, letter.number), self.here.web)
        view = request.query_params.get("vue", "message" if shown.html else "texte")
        form = self.desk.reply_form(letter, dict(request.query_params))
        own = letter.to != box.address
        return self._page("letter.html", request, box, letter=shown, view=view, form=form, sent_box=own)

    def compose(self, request: Request) -> Response:
        form = self.desk.new_form(dict(request.query_params))
        return self._page("compose.html", request, self._box(request), form=form)

    def hand_on(self, request: Request) -> Response:
        box = self._box(request)
        letter = self._letter(request, box)
        form = self.desk.forward_form(letter, dict(request.query_params))
        return self._page("forward.html", request, box, letter_number=letter.number, form=form)

    def file(self, request: Request) -> Response:
        letter = self._letter(request, self._box(request))
        found = showing.attached(letter, request.path_params["n"])
        if found is None:
            raise HTTPException(404)
        name = f"attachment; filename*=UTF-8''{quote(found[0], safe='')}"
        headers = {**HEADERS, "Content-Disposition": name}
        return Response(found[1], media_type="application/octet-stream", headers=headers)

    def style(self, request: Request) -> Response:
        return Response((FOLDER / "style.css").read_text("utf-8"), media_type="text/css", headers=HEADERS)

    def script(self, request: Request) -> Response:
        return Response((FOLDER / "page.js").read_text("utf-8"), media_type="text/javascript", headers=HEADERS)

    def mark(self, request: Request) -> Response:
        """Another text as soon as the page would look otherwise."""
        return JSONResponse(f"{self.office.mark()} {self.here.now():%d %H:%M}", headers=HEADERS)

    # --- forms --------------------------------------------------------------------------------------------------

    async def reply(self, request: Request) -> Response:
        box = self._box(request)
        letter = self._letter(request, box)
        return await self._send(request, box, "letter.html", letter.number, self.desk.reply, letter)

    async def forward(self, request: Request) -> Response:
        box = self._box(request)
        letter = self._letter(request, box)
        return await self._send(request, box, "forward.html", letter.number, self.desk.forward, letter)

    async def write(self, request: Request) -> Response:
        return await self._send(request, self._box(request), "compose.html", 0, self.desk.write, None)

    async def move(self, request: Request) -> Response:
        """The clock goes on; a second press meanwhile waits for the first."""
        async with request.form() as form:
            pressed, back = str(form.get("pas")), str(form.get("retour", ""))
        step = STEPS.get(pressed)
        if step is None:
            raise HTTPException(400)
        before = len(self.office.letters())

        def go() -> None:
            with self.moving:
                step(self.here)

        await run_in_threadpool(go)
        return self._back(back, before)

    async def _send(
        self, request: Request, box: Box, page: str, number: int, act: Callable[..., str], letter: Any
    ) -> Response:
        """Send what the form holds, wait a moment for what it brings about, and show that."""
        before = len(self.office.letters())
        async with request.form() as form:
            files = await _files(form)
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
        try:
            sent = await run_in_threadpool(act, box, fields, files, *([letter] if letter else []))
        except (NotSent, smtplib.SMTPException, OSError) as error:
            return await run_in_threadpool(self._again, request, box, page, letter, fields, error)
        await run_in_threadpool(self.here.settle, WAIT)
        return self._back(_path(box, number or None), before, sent)

    def _again(
        self, request: Request, box: Box, page: str, letter: Any, fields: dict[str, str], error: Exception
    ) -> Response:
        """The form once more, as it was typed, with what was wrong above it."""
        more: dict[str, Any] = {"error": _said(error), "status": 400}
        if letter:
            more["letter_number"] = letter.number
            more["letter"] = showing.shown(letter, PARIS, self.root + _path(box, letter.number), self.here.web)
            more["view"] = "message" if letter.html else "texte"
        return self._page(page, request, box, form=self.desk.kept(fields), **more)

    def _back(self, path: str, before: int, sent: str = "") -> Response:
        """Back to a page of ours, which says what became of the mail `sent`, and what arrived after number `before`."""
        where = urlsplit(path if path.startswith("/boite/") else "/").path
        query = urlencode({"depuis": before, **({"envoi": sent} if sent else {})})
        return RedirectResponse(f"{where}?{query}", 303, headers=HEADERS)

    # --- what all share -----------------------------------------------------------------------------------------

    def _box(self, request: Request) -> Box:
        box = self.desk.box(request.path_params["address"])
        if box is None:
            raise HTTPException(404)
        return box

    def _letter(self, request: Request, box: Box) -> Any:
        letter = self.desk.letter(box, request.path_params["number"])
        if letter is None:
            raise HTTPException(404)
        return letter

    def _page(self, name: str, request: Request, box: Box | None = None, status: int = 200, **more: Any) -> Response:
        since = request.query_params.get("depuis", "")
        now = self.here.now()
        found = self.desk.boxes()
        html = self.templates.get_template(name).render(
            now=now,
            clock=f"{typography.clock(now)}",
            today=_today(now),
            first=grouped([box for box in found if box.first]),
            others=grouped([box for box in found if not box.first]),
            unread={b.address: len(self.office.unread(b.address)) for b in found},
            box=box,
            lines=self._lines(box, more.get("sent_box", False)),
            verbs=VERBS,
            bot=BOT,
            path=request.url.path,
            query=request.url.query,
            victims=grouped([b for b in found if b != box and b.group is not Group.OTHERS]),
            proofs=[(proof.value, label) for proof, label in LABELS.items()],
            colleagues=[b for b in found if b.first or (box and b.what == box.what)],
            news=self.desk.news(int(since)) if since.isdecimal() else None,
            sent=self.desk.read(request.query_params["envoi"]) if "envoi" in request.query_params else None,
            mark=f"{self.office.mark()} {now:%d %H:%M}",
            status=status,
            **more,
        )
        return Response(html, status, headers=HEADERS, media_type="text/html")

    def _lines(self, box: Box | None, sent: bool) -> list[showing.Line]:
        if box is None:
            return []
        return self.desk.sent(box) if sent else self.desk.lines(box)

    async def sorry(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return await run_in_threadpool(lambda: self._page("sorry.html", request, status=status))


def _path(box: Box, number: int | None = None) -> str:
    return f"/boite/{quote(box.address, safe='@')}" + (f"/{number}" if number else "")


def _refs(text: str) -> Markup:
    """Text in which a reference in brackets never breaks."""
    return Markup(re.sub(r"\[[A-Z]\d+(?:-\d+)+\]", r'<span class="nw">\g<0></span>', str(escape(text))))


def _today(now: Any) -> str:
    days = ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche")
    return f"{days[now.weekday()]} {typography.full_day(now.date())}"


async def _files(form: FormData) -> dict[str, bytes]:
    """The uploaded files by name; a field without a file is none."""
    found = {}
    for value in form.getlist("fichiers"):
        if not isinstance(value, str) and value.filename:
            found[value.filename] = await value.read()
    return found


def _said(error: Exception) -> str:
    if isinstance(error, NotSent):
        return str(error)
    return f"Le serveur de messagerie n’a pas pris ce message : {error}"


def application(here: Running, port: int) -> Starlette:
    """The web application that shows a sandbox at that port."""
    site = Site(here, port)
    get, post = ["GET"], ["POST"]
    letter = "/boite/{address}/{number:int}"
    app = Starlette(
        routes=[
            Route("/", site.home, methods=get),
            Route("/style.css", site.style, methods=get),
            Route("/page.js", site.script, methods=get),
            Route("/etat", site.mark, methods=get),
            Route("/horloge", site.move, methods=post),
            Route("/boite/{address}", site.box, methods=get),
            Route("/boite/{address}/envoyes", site.sent, methods=get),
            Route("/boite/{address}/nouveau", site.compose, methods=get),
            Route("/boite/{address}/nouveau", site.write, methods=post),
            Route(letter, site.letter, methods=get),
            Route(letter, site.reply, methods=post),
            Route(letter + "/transferer", site.hand_on, methods=get),
            Route(letter + "/transferer", site.forward, methods=post),
            Route(letter + "/piece/{n:int}", site.file, methods=get),
        ],
        exception_handlers={HTTPException: site.sorry},
    )
    app.add_middleware(Guard, hosts=site.hosts)
    return app


class Guard:
    """Turns away what is not ours: another Host (a name that was made to mean 127.0.0.1), a form of another site."""

    def __init__(self, app: Callable[..., Awaitable[None]], hosts: tuple[str, ...]) -> None:
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and not self._ours(Request(scope)):
            refused = Response("403\n", 403, headers=HEADERS, media_type="text/plain")
            await refused(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _ours(self, request: Request) -> bool:
        if request.headers.get("host") not in self.hosts:
            return False
        return request.method in ("GET", "HEAD") or request.headers.get("origin") in [f"http://{h}" for h in self.hosts]


class _Server(uvicorn.Server):
    """uvicorn in a thread of its own: the signals are not its business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.contextmanager
def site(here: Running, port: int) -> Iterator[str]:
    """Serve the page on loopback; gives its address. Raises UsageError where the port cannot be had."""
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise UsageError(
            f"port {port} on 127.0.0.1 cannot be had: {error.strerror}; --port 0 takes a free one"
        ) from error
    number = listener.getsockname()[1]
    config = uvicorn.Config(
        application(here, number), http="httptools", access_log=False, log_config=None, lifespan="off",
        server_header=False, timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = _Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), name="sandbox-page")
    thread.start()
    try:
        yield f"http://127.0.0.1:{number}/"
    finally:
        server.should_exit = True
        thread.join(10)
