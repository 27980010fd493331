"""The two cookies of the pages: which browser asked for a code, and for whom it was confirmed.

Both are random and mean nothing outside the database. They are sent to our pages and files alone, are out of reach of
scripts, and do not go with a form of another site; `Lax`, since `Strict` would hold them back from who follows the
link of a letter in a webmail (RFC 6265bis §5.2).
"""

from __future__ import annotations

import re
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from ..domain.browsers import MOST, REMEMBERED
from ..service.pages.browsers import Closed, Opened, Visitor

ASKED, CONFIRMED = "mailbot_code", "mailbot_browser"
PLACES = {ASKED: ("/v",), CONFIRMED: ("/v", "/f")}  #: below which paths each is sent
LIVES = {ASKED: timedelta(days=1), CONFIRMED: REMEMBERED}  #: a code itself lives for minutes
_SECRET = re.compile(r"[\w-]{20,64}")  #: one of ours; anything else is not even looked up
LONGEST_AGENT = 500  #: characters of a User-Agent that are looked at


def visitor(request: Request) -> Visitor:
    """What the browser says of itself."""
    asker = request.cookies.get(ASKED, "")
    held = request.cookies.get(CONFIRMED, "").split(".")[:MOST]
    return Visitor(
        asker=asker if _SECRET.fullmatch(asker) else "",
        held=tuple(one for one in held if _SECRET.fullmatch(one)),
        agent=request.headers.get("user-agent", "")[:LONGEST_AGENT],
    )


def give(answer: Response, found: Closed | Opened | None, public_url: str) -> None:
    """Tell the browser by which cookie it is known from now on, where that is new."""
    if isinstance(found, Closed) and found.asker:
        _set(answer, ASKED, found.asker, public_url)
    if isinstance(found, Opened) and found.held:
        _set(answer, CONFIRMED, ".".join(found.held), public_url)


def _set(answer: Response, name: str, value: str, public_url: str) -> None:
    for path in PLACES[name]:
        answer.set_cookie(
            name,
            value,
            max_age=int(LIVES[name].total_seconds()),
            path=path,
            secure=public_url.startswith("https:"),
            httponly=True,
            samesite="lax",
        )
