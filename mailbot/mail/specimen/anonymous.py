"""A message that reads like another one and names nobody: for a case of the corpus.

Its header fields, parts, boundaries, charsets, encodings, markup and line breaks are those of the original. Texts are
scrubbed (scrub.Scrubber), files are dummies of their type; what only names servers and people is left out.
"""

from __future__ import annotations

import email
import html
import quopri
import re
from base64 import b64encode
from collections.abc import Iterator
from email.header import decode_header
from email.message import Message

from mailbot.mail.mime import limits, smime, tnef
from mailbot.mail.specimen import dummies, repack
from mailbot.mail.specimen.scrub import Scrubber

#: Fields that no rule of reading looks at, and that tell whose server, client or account it was.
_LEFT_OUT = re.compile(
    r"(?:dkim-signature|domainkey|arc-|authentication-results|received-spf|x-received|x-google|x-gm-|x-originating|x-ms-ex"
    r"change-(?:organization|crosstenant|antispam|transport-cross|forest|senderad)|x-microsoft|x-forefront|x-spam|x-virus"
    r"|x-sender|x-get-message|x-source|x-authenticated|x-antiabuse|x-ovh|x-vr-|x-yandex|x-ymail|x-proofpoint|x-mimecast"
    r"|x-env|x-rcpt|x-delivered|thread-index|autocrypt|openpgp|organization|user-agent-ip|feedback-id|msip_labels)",
    re.I,
)
_STRUCTURE = re.compile(
    r"(?:content-(?!disposition|type|description|location)|mime-version|date|x-mailer|user-agent)", re.I
)
_WORDS = re.compile(r"=\?([\w.*-]+)\?([bq])\?([^?\s]*)\?=(?:\s+(?==\?))?", re.I)
_PARAMETER = re.compile(r"((?:file)?name(?:\*\d*\*?)?)=(\"(?:[^\"\\]|\\.)*\"|[^;\s]+)", re.I)
_ID = re.compile(r"<([^<>\s]+)>")
_TAG = re.compile(r"<!--.*?-->|<(style|script|title)\b.*?</\1\s*>|<[^<>]*>", re.I | re.S)
_ATTRIBUTE = re.compile(r"\b(href|alt|title|cite|content|value|background|src)=(\"[^\"]*\"|'[^']*')", re.I)
_REPORTS = ("message/delivery-status", "message/disposition-notification", "text/rfc822-headers", "text/calendar")


def anonymous(raw: bytes, scrubber: Scrubber) -> bytes:
    """`raw` with everything replaced that could name somebody. A part that cannot be decoded becomes empty."""
    head, blank, body = _cut(raw)
    message = email.message_from_bytes(head + b"\n\n")
    return _fields(head, scrubber) + blank + _body(message, body, scrubber)


def _cut(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """Header, the empty line that ends it, body."""
    head = limits.head(raw)
    rest = raw[len(head) :]
    blank = re.match(rb"(?:\r\n|\n|\r){0,2}", rest)
    size = blank.end() if blank else 0
    return head, rest[:size], rest[size:]


# --- header fields --------------------------------------------------------------------------------------------------


def _fields(head: bytes, scrubber: Scrubber) -> bytes:
    fields = re.split(rb"(?<=\n)(?![ \t])", head)
    return b"".join(_field(field, scrubber) for field in fields if not _LEFT_OUT.match(field.decode("latin-1")))


def _field(field: bytes, scrubber: Scrubber) -> bytes:
    charset = "utf-8" if _decodes(field, "utf-8") else "latin-1"
    name, colon, value = field.decode(charset).partition(":")
    if not colon or _STRUCTURE.fullmatch(name.strip()) or name.lower().startswith("content-transfer"):
        return field
    if name.lower() in ("content-id", "x-attachment-id"):
        return field
    if name.lower() in ("content-type", "content-disposition"):
        value = _PARAMETER.sub(lambda m: _parameter(m, scrubber), value)
    elif name.lower() in ("message-id", "in-reply-to", "references", "original-message-id"):
        value = _ID.sub(lambda m: f"<{scrubber.identifier(m[1])}>", value)
    else:
        value = _words(value, scrubber)
    return f"{name}:{value}".encode(charset, "replace")


def _words(value: str, scrubber: Scrubber) -> str:
    """A value with encoded words (RFC 2047): a run of them is one text, since a name may be cut between two."""
    out, at = [], 0
    for first, last, run in _runs(value):
        out.append(scrubber.text(value[at:first]))
        out.append(_encoded(scrubber.text("".join(map(_decoded, run))), run))
        at = last
    return "".join(out) + scrubber.text(value[at:])


def _runs(value: str) -> Iterator[tuple[int, int, list[re.Match[str]]]]:
    found: list[re.Match[str]] = []
    for match in _WORDS.finditer(value):
        if found and found[-1].end() != match.start():
            yield found[0].start(), found[-1].end(), found
            found = []
        found.append(match)
    if found:
        yield found[0].start(), found[-1].end(), found


def _decoded(match: re.Match[str]) -> str:
    ((data, charset),) = decode_header(match[0].strip())
    return data.decode(_charset(str(charset)), "replace") if isinstance(data, bytes) else data


def _encoded(text: str, run: list[re.Match[str]]) -> str:
    """As many words as there were, in the same charset and encoding, folded where they were."""
    size = -(-len(text) // len(run)) or 1
    pieces = [text[n * size : (n + 1) * size] for n in range(len(run))]
    return "".join(
        f"=?{match[1]}?{match[2]}?{_word(piece.encode(_charset(match[1]), 'replace'), match[2])}?="
        + match[0][len(match[0].rstrip()) :]
        for match, piece in zip(run, pieces, strict=True)
    )


def _word(data: bytes, encoding: str) -> str:
    if encoding.lower() == "b":
        return b64encode(data).decode()
    return "".join(chr(c) if chr(c).isalnum() and c < 128 else "_" if c == 32 else f"={c:02X}" for c in data)


def _parameter(match: re.Match[str], scrubber: Scrubber) -> str:
    """A file name in any of its spellings (RFC 2231, RFC 2047, plain), in the same one."""
    name, value = match[1], match[2]
    inner, mark = (value[1:-1], '"') if value[:1] == '"' else (value, "")
    if name.endswith("*"):
        charset, language, text = inner.split("'", 2) if inner.count("'") > 1 else ("", "", inner)
        known = _charset(charset or "utf-8")
        scrubbed = _percent(scrubber.name(_plain(text, known)), known)
        inner = f"{charset}'{language}'{scrubbed}" if inner.count("'") > 1 else scrubbed
    elif runs := list(_runs(inner)):
        for first, last, run in reversed(runs):
            inner = inner[:first] + _encoded(scrubber.name("".join(map(_decoded, run))), run) + inner[last:]
    else:
        inner = scrubber.name(inner)
    return f"{name}={mark}{inner}{mark}"


# --- bodies ---------------------------------------------------------------------------------------------------------


def _body(message: Message, body: bytes, scrubber: Scrubber) -> bytes:
    kind, boundary = message.get_content_type(), message.get_boundary()
    if message.get_content_maintype() == "multipart" and boundary:
        return _parts(body, boundary.encode("utf-8", "surrogateescape"), scrubber)
    encoding = str(message.get("content-transfer-encoding", "")).strip().lower()
    if kind == "message/rfc822" and encoding not in ("base64", "quoted-printable"):
        return anonymous(body, scrubber)
    kept = message.get_content_disposition() != "attachment" and not (kind == "text/plain" and message.get_filename())
    if kind in _REPORTS or (kept and kind in ("text/plain", "text/html", "text/enriched")):
        return _text(message, body, encoding, kind, scrubber)
    data = _opened(message, body, encoding)
    return _closed(_file(data, scrubber), encoding, body)


def _file(data: bytes, scrubber: Scrubber) -> bytes:
    """A dummy; of what holds a mail or files in a packing of its own, the same packing of others."""
    if inside := smime.content(data):
        return repack.signed(anonymous(inside, scrubber))
    if packed := tnef.unpack(data):
        return repack.winmail((scrubber.name(f.name), dummies.like(f.data, scrubber.text)) for f in packed.files)
    return dummies.like(data, scrubber.text)


def _parts(body: bytes, boundary: bytes, scrubber: Scrubber) -> bytes:
    """Each part by itself; the delimiters, preamble and what stands behind the last one keep their bytes' places."""
    pieces = re.split(rb"((?:\A|(?<=\n))--" + re.escape(boundary) + rb"(?:--)?[ \t]*(?:\r?\n|\Z))", body)
    out = [scrubber.text(pieces[0].decode("latin-1")).encode("latin-1", "replace")]
    for delimiter, part in zip(pieces[1::2], pieces[2::2], strict=True):
        last = delimiter.rstrip().endswith(b"--") and delimiter.rstrip() != b"--" + boundary
        out += [delimiter, b"" if last else anonymous(part, scrubber)]
    return b"".join(out)


def _text(message: Message, body: bytes, encoding: str, kind: str, scrubber: Scrubber) -> bytes:
    data = _opened(message, body, encoding)
    charset = _true_charset(data, _charset(message.get_content_charset() or "utf-8"))
    text = data.decode(charset, "replace")
    scrubbed = _markup(text, scrubber) if kind == "text/html" else scrubber.text(text)
    errors = "xmlcharrefreplace" if kind == "text/html" else "replace"
    return _closed(scrubbed.encode(charset, errors), encoding, body)


def _markup(text: str, scrubber: Scrubber) -> str:
    """Text between tags, and the attributes that hold words or addresses; everything else as it was."""
    out, at = [], 0
    for tag in _TAG.finditer(text):
        out += [_between(text[at : tag.start()], scrubber), _tag(tag, scrubber)]
        at = tag.end()
    return "".join(out) + _between(text[at:], scrubber)


def _between(text: str, scrubber: Scrubber) -> str:
    plain = html.unescape(text)
    scrubbed = scrubber.text(plain)
    if scrubbed == plain:
        return text
    escaped = html.escape(scrubbed, quote=False)
    return escaped.replace("\u00a0", "&nbsp;") if "&nbsp;" in text else escaped


def _tag(tag: re.Match[str], scrubber: Scrubber) -> str:
    if tag[0].startswith("<!--") or (tag[1] and tag[1].lower() in ("style", "script")):
        return re.sub(r"[\w.+%-]+@[\w-]+\.[\w.-]+\w", lambda m: scrubber.text(m[0]), tag[0])
    if tag[1]:
        return re.sub(r">([^<]*)<", lambda m: f">{_between(m[1], scrubber)}<", tag[0])
    return _ATTRIBUTE.sub(lambda m: _attribute(m, scrubber), tag[0])


def _attribute(match: re.Match[str], scrubber: Scrubber) -> str:
    name, mark, value = match[1], match[2][0], html.unescape(match[2][1:-1])
    if value.lower().startswith("cid:") or (name.lower() == "content" and "charset" in value.lower()):
        return match[0]
    if value.lower().startswith("mailto:"):
        address, question, fields = value[7:].partition("?")
        told = "=".join(_percent(scrubber.text(_plain(field, "utf-8")), "utf-8") for field in fields.split("="))
        value = f"{value[:7]}{_percent(scrubber.text(_plain(address, 'utf-8')), 'utf-8')}{question}{told}"
    else:
        value = scrubber.text(value)
    return f"{name}={mark}{html.escape(value)}{mark}"


# --- transfer encodings and charsets --------------------------------------------------------------------------------


def _opened(message: Message, body: bytes, encoding: str) -> bytes:
    if encoding in ("base64", "quoted-printable"):
        part = email.message_from_bytes(f"Content-Transfer-Encoding: {encoding}\n\n".encode() + body)
        decoded = part.get_payload(decode=True)
        return decoded if isinstance(decoded, bytes) else b""
    return body


def _closed(data: bytes, encoding: str, body: bytes) -> bytes:
    """`data` in the transfer encoding of `body`, with its line ends and the width of its lines."""
    end = b"\r\n" if b"\r\n" in body else b"\n"
    if encoding == "base64":
        width = max((len(line) for line in body.split()), default=76) or 76
        coded = b64encode(data)
        width = min(max(width, 4), 76)
        return b"".join(coded[at : at + width] + end for at in range(0, len(coded), width)) + _tail(body, end)
    if encoding == "quoted-printable":
        coded = quopri.encodestring(data.replace(b"\r\n", b"\n"))
        return coded.replace(b"\n", end)
    return data


def _tail(body: bytes, end: bytes) -> bytes:
    """The empty line before the next delimiter, where there was one."""
    return end if body.endswith(end + end) else b""


def _charset(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        return "utf-8"
    return name


def _percent(text: str, charset: str) -> str:
    """As RFC 2231 and mailto links write it: every sign but a few by its bytes."""
    data = text.encode(charset, "replace")
    return "".join(
        chr(c) if chr(c).isascii() and (chr(c).isalnum() or chr(c) in "-._~@&+") else f"%{c:02X}" for c in data
    )


def _plain(text: str, charset: str) -> str:
    data = re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), text.encode())
    return data.decode(charset, "replace")


def _true_charset(data: bytes, declared: str) -> str:
    """The charset in which the bytes read and come back the same: the declared one, else what they are."""
    return next((name for name in (declared, "utf-8", "cp1252") if _decodes(data, name)), "latin-1")


def _decodes(data: bytes, charset: str) -> bool:
    try:
        return data.decode(charset).encode(charset) == data
    except (UnicodeError, LookupError):
        return False
