"""Names of files as mail carries them: every way of encoding one, and one that is safe to show and to store."""

from __future__ import annotations

import binascii
import re
import unicodedata
from base64 import b64decode
from email.errors import MessageError
from email.message import Message
from email.quoprimime import header_decode

from mailbot.mail.mime.charsets import decode

_WORD = re.compile(r"=\?([^?\s]{1,60}?)(?:\*[^?]*)?\?([qb])\?([^\r\n]*?)\?=", re.I)
_BETWEEN = re.compile(r"\?=\s+(?==\?[^?\s]{1,60}\?[qb]\?)", re.I)
_PERCENT = re.compile(rb"%([0-9a-f]{2})", re.I)
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})  # controls, bidi and zero-width marks, lone surrogates
_FIELDS = ("content-type", "content-disposition")
_LONGEST_NAME = 180
_LONGEST_READ = 100_000
_ENDING = {
    "application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/tiff": "tif",
    "image/heic": "heic", "text/plain": "txt", "text/html": "html", "text/csv": "csv", "text/calendar": "ics",
    "message/rfc822": "eml", "message/global": "eml", "message/delivery-status": "txt", "text/rfc822-headers": "txt",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx", "application/ms-tnef": "dat",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx", "application/zip": "zip",
    "application/vnd.ms-outlook": "msg", "application/vnd.ms-excel": "xls", "application/msword": "doc",
    "application/pkcs7-mime": "p7m", "application/x-pkcs7-mime": "p7m",
    "application/vnd.oasis.opendocument.text": "odt", "application/vnd.oasis.opendocument.spreadsheet": "ods",
}  # fmt: skip
_TYPE = {ending: type_ for type_, ending in reversed(_ENDING.items())} | {"jpeg": "image/jpeg", "tiff": "image/tiff"}


def file_name(name: str, type_: str, part: str) -> str:
    """A name safe to show and to store as: no path, no control or bidi mark, NFC, 180 characters at most.

    Where nothing is left a name is made from the type and the part number, so that it stays the same.
    """
    name = unicodedata.normalize("NFC", name[:_LONGEST_READ]).replace("\\", "/")
    name = "".join(" " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    name = " ".join(name.rpartition("/")[2].split()).strip(". ")
    if not name:
        return f"piece-{part}.{_ENDING.get(type_, 'bin')}"
    if len(name) <= _LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    return stem[: _LONGEST_NAME - 10] + dot + ending if dot and len(ending) < 9 else name[:_LONGEST_NAME]


def type_of(name: str) -> str:
    """The type that the ending of a name stands for."""
    return _TYPE.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def claimed(part: Message) -> tuple[str, ...]:
    """Every name that the header of `part` gives, decoded, each once: the best first.

    That is the extended parameter `filename*` (RFC 2231), then `filename`, then those of Content-Type.
    """
    view = _view(part)
    if view is None:
        return ()
    names = [*_parameter(view, "content-disposition", "filename"), *_parameter(view, "content-disposition", "name")]
    names += [*_parameter(view, "content-type", "name"), *_parameter(view, "content-type", "filename")]
    return tuple(dict.fromkeys(name for name in names if name.strip()))


def _view(part: Message) -> Message | None:
    """The fields that may name the part, their 8-bit characters read: the email package would put U+FFFD there."""
    fields = [(field, str(value)) for field, value in part.raw_items() if field.lower() in _FIELDS]
    if not any("name" in value.lower() for _, value in fields):
        return None
    view = Message()
    for field, text in fields:
        if not text.isascii():
            text = decode(text.encode("utf-8", "surrogateescape"), "")[0]
        view[field] = text
    return view


def _parameter(view: Message, header: str, name: str) -> list[str]:
    """The values of a parameter, those that are marked as encoded first."""
    plain: list[str] = []
    extended: list[str] = []
    try:
        found = view.get_params(failobj=[], header=header) or []
    except (ValueError, LookupError, TypeError, MessageError):
        return []
    for key, value in found:
        if key.lower() != name:
            continue
        if isinstance(value, tuple):
            extended.append(_extended(*value))
        else:
            plain.append(_lenient(value))
    return extended + plain


def _extended(charset: str | None, _language: str | None, value: str) -> str:
    """RFC 2231 §4: the standard library has undone the percent signs, each byte being one character."""
    try:
        data = value.encode("latin-1")
    except UnicodeEncodeError:  # 8-bit characters beside percent signs
        return words(value)
    return words(decode(data, charset or "")[0])


def _lenient(value: str) -> str:
    """Encoded words inside a parameter are forbidden (RFC 2047 §5) and common; so are bare percent signs."""
    if "=?" in value:
        return words(value)
    if "''" in value and "%" in value:  # an extended value under the plain name
        charset, _, value = value.partition("''")
        return decode(_unquoted(value), charset)[0]
    data = _unquoted(value) if "%" in value else b""
    try:
        return value if data.isascii() and b" " not in data else data.decode("utf-8")
    except UnicodeDecodeError:
        return value


def _unquoted(value: str) -> bytes:
    return _PERCENT.sub(lambda found: bytes.fromhex(found[1].decode()), value.encode("utf-8", "replace"))


def words(text: str) -> str:
    """`text` with its encoded words decoded (RFC 2047), however badly they were made; never raises."""
    if "=?" not in text:
        return text
    text = _BETWEEN.sub("?=", text)
    out: list[str] = []
    run, charset, end = b"", "", 0
    for found in _WORD.finditer(text):
        if run and (found.start() > end or found[1].lower() != charset):
            out.append(decode(run, charset)[0])
            run = b""
        out.append(text[end : found.start()])
        data = _word(found[2], found[3])
        if data is None:
            out += [decode(run, charset)[0], found[0]]
            run = b""
        else:
            run, charset = run + data, found[1].lower()
        end = found.end()
    return "".join([*out, decode(run, charset)[0], text[end:]])


def _word(encoding: str, packed: str) -> bytes | None:
    """The bytes of an encoded word; None where they are none."""
    if encoding in "qQ":
        return header_decode(packed).encode("latin-1", "replace")
    bare = re.sub(r"[^A-Za-z0-9+/]+", "", packed)
    bare = bare[:-1] if len(bare) % 4 == 1 else bare
    try:
        return b64decode(bare + "=" * (-len(bare) % 4))
    except (binascii.Error, ValueError):
        return None
