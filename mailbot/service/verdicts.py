"""What may be done with each file of a mail, and when files hold the whole of it."""

from __future__ import annotations

from collections.abc import Sequence

from ..domain.model import File, Scan, Scanned, Verdict
from ..errors import BadFile
from ..mail.files.danger import Danger
from ..mail.files.sniff import extension
from ..mail.message import Attachment
from .system import Policy

#: These hold the whole mail, whatever it says.
HOLDING = frozenset({Verdict.DISGUISED, Verdict.MACRO, Verdict.INFECTED})
#: Refused beside a decision, these hold nothing: a signature of the mail itself, a visiting card, a picture.
HARMLESS = frozenset("p7s asc vcf gif bmp webp svg".split())
_VERDICTS = {Danger.DISGUISED: Verdict.DISGUISED, Danger.MACRO: Verdict.MACRO}

Judged = tuple[Verdict, str]


def of(attachment: Attachment, n: int, policy: Policy, scanned: Scanned | None) -> Judged:
    """The verdict on the `n`th file of a mail, and why it is not OK."""
    if scanned and scanned.result is Scan.INFECTED:
        return Verdict.INFECTED, scanned.name
    if attachment.danger in _VERDICTS:
        return _VERDICTS[attachment.danger], attachment.danger.value
    if why := _refused(attachment, n, policy):
        return Verdict.REFUSED, why
    if policy.scanned and (scanned is None or scanned.result is Scan.SILENT):
        return Verdict.UNSCANNED, "unscanned"
    return Verdict.OK, ""


def _refused(attachment: Attachment, n: int, policy: Policy) -> str:
    """Why a file is not accepted; "" where it is."""
    if attachment.danger is Danger.ARCHIVE:
        return Danger.ARCHIVE.value
    if extension(attachment.name) not in policy.allowed_types:
        return "type"
    if attachment.size > policy.max_attachment_bytes:
        return "size"
    if n > policy.max_attachments:
        return "number"
    return attachment.danger.value if attachment.danger else ""


def hold(files: Sequence[File], decides: bool) -> None:
    """Raise BadFile where the files of a mail keep all of it from being worked; `decides`: its words may decide."""
    worst = [file for file in files if file.verdict in HOLDING]
    if worst:
        said = ", ".join(f"{file.name}: {file.verdict.value}" for file in worst)
        raise BadFile(said, files=tuple(worst))
    beside = [file for file in files if file.verdict is Verdict.REFUSED and extension(file.name) not in HARMLESS]
    if decides and beside:
        said = ", ".join(f"{file.name}: {file.why}" for file in beside)
        raise BadFile(f"beside a decision, {said}", files=tuple(beside), decision=True)
