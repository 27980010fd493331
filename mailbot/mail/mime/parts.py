"""The walk over the parts of a message: what is its text, what is a file, and what lies packed inside a part.

A part has the number that IMAP gives it ("1.2", RFC 3501 §6.4.5). What lies in a winmail.dat, in S/MIME or in uuencode
has that number and a further one: "2.tnef.1", "1.signed.2", "1.uu.1"; so has a picture in its own address: "1.data.1".
"""

from __future__ import annotations

import email
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.generator import BytesGenerator
from email.message import Message

from mailbot.mail.mime import bodies, limits, names, smime, tnef
from mailbot.mail.mime.heavy import Light, lighten
from mailbot.mail.mime.limits import Limits

MESSAGES = frozenset({"message/rfc822", "message/global"})
SIGNED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNATURES = frozenset("application/pkcs7-signature application/x-pkcs7-signature application/pgp-signature".split())
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_UNKNOWN = frozenset({"application/octet-stream", "application/binary", "application/x-unknown"})
_EMBEDDED = re.compile(r"data:(image/[a-z+-]{2,10});base64,([A-Za-z0-9+/=\s]{20,})", re.I)
_MOST_PICTURES = 50
_DEEPEST_PACKING = 3  #: signed inside signed: gateways sign what a person has signed
_BOUNDARY_LINE = re.compile(rb"^--([^\r\n]{1,200}?)[ \t]*\r?\n(?:content-|\r?\n)", re.I | re.M)


@dataclass(frozen=True)
class Part:
    """What is no container: a text, a file, a message inside the message."""

    number: str
    message: Message  #: its header
    type: str
    light: Light
    branches: tuple[tuple[int, int], ...] = ()  #: (alternative, which version of it) around it, outermost first
    beside: str = ""  #: the subtype of the container it stands in
    data: bytes = b""  #: of what lay packed in another part
    names: tuple[str, ...] = ()
    content_id: str = ""

    @property
    def disposition(self) -> str:
        """Of Content-Disposition: "inline", "attachment" or ""."""
        return self.message.get_content_disposition() or ""

    def content(self) -> tuple[bytes, str]:
        """(decoded bytes, note of what was mended)."""
        return (self.data, "") if self.data else _bytes(self.message, self.light)


@dataclass
class Walk:
    """One walk over a message; `notes` and `sealed` say what was met on the way."""

    limits: Limits
    notes: list[str] = field(default_factory=list)
    sealed: str = ""  #: "smime" or "pgp": what hides its text
    top: str = ""  #: the type of the message as a whole, of what was signed where it was signed
    text: str = ""  #: what a winmail.dat says
    html: str = ""
    _alternatives: int = 0

    def over(self, tree: Message, light: Light) -> Iterator[Part]:
        """The parts in the order of the bytes."""
        self.top = tree.get_content_type()
        yield from self._under(Part("", tree, self.top, light), 0)

    def _under(self, node: Part, packed: int) -> Iterator[Part]:
        tree = node.message
        if tree.get_content_maintype() != "multipart":
            yield from self._leaf(node if node.number else replace(node, number="1"), packed)
            return
        if tree.get_content_subtype() == "encrypted":
            self.sealed = "pgp"
        if not tree.is_multipart():
            yield from self._without_boundary(node, packed)
            return
        kind = tree.get_content_subtype()
        self._alternatives += kind == "alternative"
        which = self._alternatives
        for count, child in enumerate(tree.get_payload(), start=1):
            if isinstance(child, Message):
                number = f"{node.number}.{count}" if node.number else str(count)
                branches = (*node.branches, (which, count)) if kind == "alternative" else node.branches
                yield from self._under(
                    Part(number, child, child.get_content_type(), node.light, branches, kind), packed
                )

    def _without_boundary(self, node: Part, packed: int) -> Iterator[Part]:
        """A multipart whose boundary is not the one it names (RFC 2046 §5.1.1): the first line that looks like one."""
        data, _ = _bytes(node.message, node.light)
        found = _BOUNDARY_LINE.search(data)
        if found is None or packed >= _DEEPEST_PACKING:
            yield replace(node, number=node.number or "1", type="text/plain")
            return
        self.notes.append("another boundary than it names")
        kind = node.message.get_content_subtype().encode("ascii", "replace")
        head = b'Content-Type: multipart/%s; boundary="%s"\n\n' % (kind, found[1])
        yield from self._again(node, head + data, node.number, packed + 1)

    def _again(self, node: Part, raw: bytes, number: str, packed: int) -> Iterator[Part]:
        """The parts of `raw`, which lay inside `node`. Raises Unreadable where it exceeds the limits."""
        light = lighten(raw)
        limits.check(light.raw, self.limits)
        tree = email.message_from_bytes(light.raw)
        if self.top in SIGNED:
            self.top = tree.get_content_type()
        yield from self._under(
            replace(node, number=number, message=tree, type=tree.get_content_type(), light=light), packed
        )

    def _leaf(self, part: Part, packed: int) -> Iterator[Part]:
        if claimed := names.claimed(part.message):
            part = replace(part, names=claimed)
        name = part.names[0].lower() if part.names else ""
        if part.type in SIGNED or (part.type in _UNKNOWN and name == "smime.p7m"):
            yield from self._smime(part, name, packed)
        elif part.type in _TNEF or (name == "winmail.dat" and part.type in _UNKNOWN):
            yield from self._tnef(part)
        elif part.type == "application/pgp-encrypted":
            self.sealed = "pgp"
            yield part
        elif _is_signature(part, name):
            self.notes.append("signed, not verified")
        else:
            yield part

    def _smime(self, part: Part, name: str, packed: int) -> Iterator[Part]:
        """What was signed, in place of the signed whole; a document that somebody signed (x.pdf.p7m) stays a file."""
        if name not in ("", "smime.p7m", "smime.p7z") and part.number != "1":
            yield part
            return
        data = smime.content(part.content()[0]) if packed < _DEEPEST_PACKING else None
        if data is None:
            self.sealed = self.sealed or "smime"
            yield part
            return
        self.notes.append("signed, not verified")
        yield from self._again(part, data, f"{part.number}.signed", packed + 1)

    def _tnef(self, part: Part) -> Iterator[Part]:
        """The files of a winmail.dat, each as a part; the whole where it is broken."""
        found = tnef.unpack(part.content()[0])
        if found is None:
            self.notes.append(f"part {part.number}: TNEF unreadable")
            yield part
            return
        self.notes.append("unpacked from winmail.dat")
        self.text, self.html = self.text or found.text, self.html or found.html
        for n, file in enumerate(found.files, start=1):
            yield _of_bytes(part, f"{part.number}.tnef.{n}", file.name, file.type, file.data, file.content_id)


def inside_text(part: Part, text: str) -> tuple[str, list[Part]]:
    """(the text, files) of a text in which files were written: as uuencode, in HTML as pictures in their address."""
    if part.type == "text/html":
        return _without_pictures(part, text)
    text, files = bodies.without_files(text)
    return text, [
        _of_bytes(part, f"{part.number}.uu.{n}", name, names.type_of(name), data)
        for n, (name, data) in enumerate(files, start=1)
    ]


def _without_pictures(part: Part, html: str) -> tuple[str, list[Part]]:
    """(the HTML, its pictures) where a picture stands in its own address (RFC 2397): it is shown as one that came
    beside it."""
    files: list[Part] = []
    if "base64," not in html:
        return html, files

    def beside(found: re.Match[str]) -> str:
        data, _ = bodies.unpacked(found[2].encode())
        if not data or len(files) >= _MOST_PICTURES:
            return found[0]
        number = f"{part.number}.data.{len(files) + 1}"
        files.append(_of_bytes(part, number, "", found[1].lower().replace("jpg", "jpeg"), data, number))
        return f"cid:{number}"

    return _EMBEDDED.sub(beside, html), files


def _of_bytes(outer: Part, number: str, name: str, type_: str, data: bytes, content_id: str = "") -> Part:
    header = Message()
    header["Content-Disposition"] = "inline" if content_id else "attachment"
    return replace(
        outer,
        number=number,
        message=header,
        type=type_,
        data=data,
        names=(name,) if name else (),
        content_id=content_id,
    )


def _is_signature(part: Part, name: str) -> bool:
    """The signature beside what it signs (RFC 1847 §2.1), and keys and forks that mail programs add by themselves."""
    if part.type in ("application/applefile", "application/pgp-keys"):
        return part.type.endswith("keys") or part.beside == "appledouble"
    if part.type in _SIGNATURES:
        return part.beside == "signed" or name in ("", "smime.p7s", "signature.asc", "openpgp_signature.asc")
    return part.beside == "signed" and name == "smime.p7s"


def _bytes(leaf: Message, light: Light) -> tuple[bytes, str]:
    if not leaf.is_multipart():
        return bodies.content(leaf, light)
    out = io.BytesIO()
    for child in leaf.get_payload():
        if isinstance(child, Message):
            BytesGenerator(out, mangle_from_=False, maxheaderlen=0).flatten(child)
    data = light.restored(out.getvalue())
    if bodies.transfer(leaf) == "base64":  # RFC 2046 §5.2.1 forbids it
        return bodies.unpacked(data.strip())[0], "a message in base64"
    return data, ""
