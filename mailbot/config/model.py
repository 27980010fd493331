"""Every key that config.toml may hold, with its type, default and bounds. config.toml itself explains each."""

from __future__ import annotations

from datetime import time
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationInfo


def _listed(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _folder(info: ValidationInfo) -> Path:
    """The folder of config.toml, which `load` hands in."""
    return Path(info.context["folder"]) if info.context else Path()


def _path(value: object, info: ValidationInfo) -> object:
    """A path as written, from the folder of config.toml; "" is none."""
    if not isinstance(value, str | Path):
        return value
    return _folder(info) / value if value else None


def _hour(value: object) -> object:
    return time.fromisoformat(value) if isinstance(value, str) else value


def _network(value: object) -> object:
    return ip_network(value) if isinstance(value, str) else value


def _zone(value: object) -> object:
    try:
        return ZoneInfo(value) if isinstance(value, str) else value
    except (KeyError, OSError, ValueError):
        raise ValueError(f"no such time zone: {value}") from None


def _sqlite(value: object, info: ValidationInfo) -> object:
    """The URL of the database, its path made absolute."""
    if not isinstance(value, str):
        return value
    scheme, _, rest = value.partition(":")
    if scheme != "sqlite" or not rest:
        raise ValueError("must be sqlite:PATH, for example sqlite:var/mailbot.db")
    return f"sqlite:{_folder(info) / rest}"


Listed = BeforeValidator(_listed)
Words = Annotated[tuple[str, ...], Listed]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Days = Annotated[tuple[Positive, ...], Listed]
Port = Annotated[int, Field(ge=0, le=65535)]
Bytes = Annotated[int, Field(ge=1024)]
File = Annotated[Path, BeforeValidator(_path)]
OptionalFile = Annotated[Path | None, BeforeValidator(_path)]
Hour = Annotated[time, BeforeValidator(_hour)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
Address = Annotated[str, Field(pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$")]
OptionalAddress = Annotated[str, Field(pattern=r"^([^@\s<>,;]+@[^@\s<>,;]+)?$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Weekdays = Annotated[tuple[Weekday, ...], Listed, Field(min_length=1)]
Grade = Literal["claimed", "token", "proven"]


class Section(BaseModel):
    """One table of config.toml."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", validate_default=True, defer_build=True)


class OgaSection(Section):
    name: Annotated[str, Field(min_length=1)]
    legal_name: str = ""
    footer: str = ""
    phone: str = ""
    website: str = ""
    timezone: Annotated[ZoneInfo, BeforeValidator(_zone)] = ZoneInfo("Europe/Paris")


class MailSection(Section):
    address: Address
    display_name: str = ""
    subaddress: Literal["+", "-"] = "+"
    subject_name: Literal["initials", "none", "full"] = "initials"
    auth_results: Annotated[str, Field(pattern=r"^(none|microsoft|id:[^\s;]+)$")] = "none"
    max_message_bytes: Bytes = 26214400
    max_parts: Positive = 100
    max_depth: Positive = 20
    max_headers: Positive = 500
    max_recipients: Positive = 20


class SmtpInSection(Section):
    enabled: bool = True
    host: str = "127.0.0.1"
    port: Port = 8025
    protocol: Literal["smtp", "lmtp"] = "smtp"
    tls_cert: OptionalFile = None
    tls_key: OptionalFile = None
    trusted: Annotated[tuple[Network, ...], Listed] = (IPv4Network("127.0.0.1"), IPv6Network("::1"))


class OauthSection(Section):
    """The keys of a host that wants OAuth 2 instead of a password."""

    oauth_client_id: str = ""
    oauth_client_secret_file: OptionalFile = None
    oauth_token_url: str = ""
    oauth_scope: str = ""
    oauth_client_secret: SecretStr | None = None


class ImapInSection(OauthSection):
    enabled: bool = False
    host: str = ""
    port: Port = 993
    user: str = ""
    password_file: OptionalFile = None
    folder: str = "INBOX"
    done_folder: str = "Archive"
    junk_folder: str = "Junk"
    idle_seconds: Annotated[int, Field(ge=10, le=1740)] = 540  # RFC 2177: a server may hang up after 30 minutes
    password: SecretStr | None = None


class SmtpOutSection(OauthSection):
    host: Annotated[str, Field(min_length=1)] = "localhost"
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_file: OptionalFile = None
    connections: Annotated[int, Field(ge=1, le=20)] = 2
    per_minute: Count = 0
    verp: bool = True
    require_tls: Words = ()
    password: SecretStr | None = None


class WebSection(Section):
    enabled: bool = True
    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: Annotated[str, Field(pattern=r"^https?://[^/?#\s]+([^?#\s]*[^/?#\s])?$")] = "http://127.0.0.1:8080"
    confirm_browser: bool = True
    metrics: Annotated[tuple[Network, ...], Listed] = (IPv4Network("127.0.0.1"), IPv6Network("::1"))


class StoreSection(Section):
    url: Annotated[str, BeforeValidator(_sqlite)] = "sqlite:var/mailbot.db"
    key_file: File = Path("var/mailbot.key")
    key_rotation_days: Positive = 365

    @property
    def path(self) -> Path:
        """The database file."""
        return Path(self.url.removeprefix("sqlite:"))


class QuestionsSection(Section):
    letter: Literal["question", "dossier"] = "question"
    to: Literal["collaborators", "everyone"] = "collaborators"
    catalogue: File = Path("catalogue.csv")
    postpone_days: Count = 30


class ApprovalSection(Section):
    settle_minutes: Count = 30
    longest_minutes: Count = 120


class ReceiptsSection(Section):
    group_minutes: Count = 15


class RemindersSection(Section):
    answer: Days = (15, 30, 45)
    approval: Days = (3, 7)
    then_every: Positive = 15
    before_deadline: Days = (7, 1)
    send_between: Annotated[tuple[Hour, Hour], Listed] = (time(8, 30), time(18))
    weekdays: Weekdays = ("mon", "tue", "wed", "thu", "fri")
    holidays: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = "FR"
    per_person_per_day: Positive = 1


class DigestSection(Section):
    at: Hour = time(7, 45)
    days: Weekdays = ("mon", "tue", "wed", "thu", "fri")
    empty: bool = True


class AnswersSection(Section):
    allowed_types: Words = tuple("pdf xlsx xls docx doc odt ods csv txt jpg jpeg png heic tif tiff".split())
    max_attachment_bytes: Bytes = 20971520
    max_attachments: Positive = 20
    mail_files_up_to: Count = 7340032
    clamd: str = ""


class DocumentsSection(Section):
    by: Literal["mail", "link"] = "mail"


class ThreadsSection(Section):
    common_box: OptionalAddress = ""
    remind_after: Positive = 3


class TrustSection(Section):
    """How sure we must be who wrote, for each action. The defaults are the floor: a file may raise, never lower."""

    read_list: Grade = "claimed"
    answer: Grade = "token"
    approve: Grade = "proven"
    amend: Grade = "proven"
    send_back: Grade = "proven"
    treat: Grade = "proven"
    rights: Grade = "proven"
    dossiers: Grade = "proven"
    documents: Grade = "proven"


class LimitsSection(Section):
    letters_per_hour: Positive = 600
    letters_per_conversation_per_day: Positive = 3
    mails_per_minute_per_sender: Positive = 60


class AlarmSection(Section):
    email: OptionalAddress = ""
    command: str = ""


class RetentionSection(Section):
    dossiers_years: Positive = 6
    raw_years: Positive = 6
    logs_months: Positive = 12


class Config(BaseModel):
    """All of config.toml. Paths are absolute."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    oga: OgaSection
    mail: MailSection
    smtp_in: SmtpInSection
    imap_in: ImapInSection
    smtp_out: SmtpOutSection
    web: WebSection
    store: StoreSection
    questions: QuestionsSection
    approval: ApprovalSection
    receipts: ReceiptsSection
    reminders: RemindersSection
    digest: DigestSection
    answers: AnswersSection
    documents: DocumentsSection
    threads: ThreadsSection
    trust: TrustSection
    limits: LimitsSection
    alarm: AlarmSection
    retention: RetentionSection


SECTIONS: dict[str, type[Section]] = {name: field.annotation for name, field in Config.model_fields.items()}  # type: ignore[misc]


def secrets_of(section: type[Section]) -> list[str]:
    """The keys of a section that never stand in config.toml."""
    return [name for name, field in section.model_fields.items() if field.annotation == SecretStr | None]


def keys_of(section: type[Section]) -> list[str]:
    """The keys of a section that may stand in config.toml."""
    hidden = secrets_of(section)
    return [name for name in section.model_fields if name not in hidden]
