"""Bounces as servers write them."""

from dataclasses import replace
from time import perf_counter

import pytest

from mailbot.mail import bounce, parse

SERVER = b"From: Mail Delivery System <MAILER-DAEMON@mx.example>\n"


def report(fields: str) -> bytes:
    head = SERVER + b"Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\n\nprose\n--B\n"
    head += b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n" + fields.encode() + b"\n--B\n"
    return head + b"Content-Type: message/rfc822\n\nMessage-ID: <q.1@oga.example>\nSubject: s\n\nValide\n--B--\n"


def read(raw: bytes, null_path: bool = False) -> bounce.Bounce:
    found = bounce.read(parse.parse(raw), null_path)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "permanent", "delayed"),
    [
        ("failed", "5.1.1", "550 5.1.1 user unknown", True, False),
        ("failed", "5.1.2", "", True, False),
        ("failed", "5.2.2", "552 mailbox full, no such user", False, False),
        ("failed", "5.1.8", "sender address rejected", False, False),
        ("failed", "5.0.0", "550 No such user here", True, False),
        ("failed", "5.0.0", "550 blocked", False, False),
        ("failed", "5.7.1", "550 5.7.1 message rejected as spam, user unknown to reputation", False, False),
        ("failed", "5.7.1", "550 5.7.1 unknown user", True, False),
        ("failed", "5.7.23", "SPF validation failed", False, False),
        ("failed", "5.4.1", "550 5.4.1 Recipient address rejected: Access denied", True, False),
        ("failed", "5.4.4", "Host or domain name not found", True, False),
        ("delayed", "4.4.1", "connection timed out", False, True),
        ("failed", "4.4.7", "expired", False, False),
        ("failed", "5.2.2", "La boîte est pleine", False, False),
    ],
)
def test_a_report(action, status, diagnostic, permanent, delayed):
    fields = f"Final-Recipient: rfc822; A.B@x.example\nAction: {action}\nStatus: {status}\n"
    fields += f"Diagnostic-Code: smtp; {diagnostic}\n"
    found = replace(read(report(fields)), reports=())
    assert found == bounce.Bounce(("a.b@x.example",), status, permanent, delayed, "<q.1@oga.example>")


@pytest.mark.parametrize(
    ("fields", "status", "permanent", "delayed"),
    [
        ("Action: failed\nDiagnostic-Code: smtp; 550 5.1.1 no", "5.1.1", True, False),  # no Status
        ("Status: 5.1.1", "5.1.1", True, False),  # no Action
        ("Status: 4.4.1", "4.4.1", False, True),
        ("Action: FAILED (bounced)\nStatus: 5.0.0 (unknown)\nDiagnostic-Code: x; 550-5.1.1 no", "5.1.1", True, False),
        (
            "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; #< #5.1.1 smtp;550 5.1.1 RESOLVER.ADR.RecipNotFound;"
            " not found> #SMTP#",
            "5.1.1",
            True,
            False,
        ),
    ],
)
def test_a_report_that_lacks_a_field(fields, status, permanent, delayed):
    found = read(report("Final-Recipient: rfc822;a@x.example\n" + fields + "\n"))
    assert (found.status, found.permanent, found.delayed) == (status, permanent, delayed)


def test_each_recipient_has_a_state_of_its_own():
    fields = "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n\n"
    fields += "Final-Recipient: rfc822; b@x.example\nAction: delayed\nStatus: 4.4.1\n\n"
    fields += "Original-Recipient: rfc822; C@x.example\nFinal-Recipient: rfc822; c@y.example\nAction: delivered\n"
    found = read(report(fields + "Status: 2.0.0\n"))
    assert found.recipients == ("a@x.example", "b@x.example", "c@y.example", "c@x.example")
    states = {address: found.of(address) for address in ("a@x.example", "B@x.example", "c@x.example")}
    told = {address: (one.action, one.permanent) for address, one in states.items() if one}
    assert told == {
        "a@x.example": ("failed", True),
        "B@x.example": ("delayed", False),
        "c@x.example": ("delivered", False),
    }
    assert found.of("d@x.example") is None
    assert not found.arrived


def test_a_report_of_success_is_a_receipt():
    found = read(report("Final-Recipient: rfc822; a@x.example\nAction: relayed\nStatus: 2.1.5\n"))
    assert found.arrived
    assert not found.permanent


def test_a_report_without_its_type():
    raw = report("Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n")
    assert read(raw.replace(b" report-type=delivery-status;", b"")).permanent
    assert read(raw.replace(b"multipart/report; report-type=delivery-status;", b"multipart/mixed;")).permanent


# --- prose: (what it is, From, Subject, text, status, permanent, delayed) -------------------------------------------

DAEMON = "Mail Delivery Subsystem <mailer-daemon@mx.example>"
EXCHANGE = "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@firm.example>"
BOX = "claire.durand@firm.example"
BACK = "\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <q.1@oga.example>\nTo: x@other.example\n"

PROSE = [
    (
        "qmail",
        DAEMON,
        "failure notice",
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the"
        f" following addresses.\n\n<{BOX}>:\nSorry, no mailbox here by that name. (#5.1.1)",
        ("5.1.1", True, False),
    ),
    (
        "qmail gives up",
        DAEMON,
        "failure notice",
        f"Hi. This is the qmail-send program at mx.example.\n\n<{BOX}>:\nSorry, I wasn't able to establish an SMTP"
        " connection. (#4.4.1)\nI'm not going to try again; this message has been in the queue too long.",
        ("4.4.1", False, False),
    ),
    (
        "Exchange in French",
        EXCHANGE,
        "Non remis : ECCV 2025",
        f"Échec de la remise pour ces destinataires ou groupes :\n\n{BOX}<mailto:{BOX}>\nL’adresse de messagerie que"
        f" vous"
        " avez entrée est introuvable. Vérifiez l’adresse, puis renvoyez le message.\n\nInformations de diagnostic pour"
        f" les administrateurs :\n\nServeur de génération : EX01.firm.example\n\n{BOX}\n#< #5.1.1 smtp;550 5.1.1"
        " RESOLVER.ADR.RecipNotFound; not found> #SMTP#\n\nEn-têtes du message d’origine :\n\nReceived: from x\n",
        ("5.1.1", True, False),
    ),
    (
        "Exchange in English",
        EXCHANGE,
        "Undeliverable: ECCV 2025",
        f"Delivery has failed to these recipients or groups:\n\n{BOX}\nThe recipient's mailbox is full and can't accept"
        f" messages now.\n\nDiagnostic information for administrators:\n\n{BOX}\nRemote Server returned '554 5.2.2"
        " mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException'\n\nOriginal message headers:\n\nReceived:"
        " x\n",
        ("5.2.2", False, False),
    ),
    (
        "Exchange Online",
        "postmaster@firm.example",
        "Non distribuable : ECCV",
        f"Votre message à {BOX} n’a pas pu être remis.\n\nclaire.durand est introuvable dans firm.example.\n\n550"
        f" 5.1.10"
        " RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
        ("5.1.10", True, False),
    ),
    (
        "Gmail in French",
        DAEMON,
        "Delivery Status Notification (Failure)",
        f"** Adresse introuvable **\n\nVotre message n'a pas été distribué à {BOX}, car l'adresse est introuvable ou ne"
        " peut pas recevoir de messages.",
        ("", True, False),
    ),
    (
        "Gmail is late",
        DAEMON,
        "Delivery Status Notification (Delay)",
        f"** Delivery incomplete **\n\nThere was a temporary problem delivering your message to {BOX}. Gmail will retry"
        " for 46 more hours. You'll be notified if the delivery fails permanently.",
        ("", False, True),
    ),
    (
        "Exim",
        "Mail Delivery System <Mailer-Daemon@mx.example>",
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be"
        " delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
        f"  {BOX}\n    Unrouteable address\n\n------ This is a copy of your message, including all the headers."
        f" ------\n",
        ("", True, False),
    ),
    (
        "Exim is late",
        "Mail Delivery System <Mailer-Daemon@mx.example>",
        "Warning: message 1abc delayed 24 hours",
        "This message was created automatically by mail delivery software.\nA message that you sent has not yet been"
        f" delivered to one or more of its recipients after more than 24 hours.\n\n  {BOX}\n\nNo action is required on"
        " your part.",
        ("", False, True),
    ),
    (
        "Postfix",
        DAEMON,
        "Undelivered Mail Returned to Sender",
        "This is the mail system at host mx.example.\n\nI'm sorry to have to inform you that your message could not\nbe"
        f" delivered to one or more recipients. It's attached below.\n\n<{BOX}>: host mx.firm.example[192.0.2.1]"
        f" said: 550 5.1.1\n    <{BOX}>: Recipient address rejected: User unknown in virtual mailbox table",
        ("5.1.1", True, False),
    ),
    (
        "a policy",
        DAEMON,
        "Undelivered Mail Returned to Sender",
        f"Your message could not be delivered.\n\n<{BOX}>: host mx said: 554 5.7.1 Message rejected as spam",
        ("5.7.1", False, False),
    ),
    (
        "a French host",
        "Système de messagerie <noreply@fai.example>",
        "Message non distribué",
        f"Bonjour,\n\nVotre message n'a pu être remis au destinataire suivant :\n\n   {BOX}\n\nMotif : boîte aux"
        f" lettres"
        " inexistante (550 5.1.1).",
        ("5.1.1", True, False),
    ),
    (
        "a French host, in words",
        "postmaster@fai.example",
        "Echec de remise",
        f"Le courriel adressé à {BOX} n'a pas pu être délivré : utilisateur inconnu.",
        ("", True, False),
    ),
    (
        "a French host is full",
        "MAILER-DAEMON@fai.example",
        "Échec de distribution",
        f"Votre message n'a pas pu être distribué à {BOX}.\nLa boîte du destinataire est pleine. 552 5.2.2",
        ("5.2.2", False, False),
    ),
    (
        "Domino",
        "Postmaster@firm.example",
        "DELIVERY FAILURE: User claire.durand (claire.durand@firm.example) not listed in Domino Directory",
        f"Rapport d'échec de livraison\n\nVotre document : ECCV 2025\nn'a pas pu être livré à : {BOX}\nparce que : User"
        f" claire.durand ({BOX}) not listed in Domino Directory",
        ("", True, False),
    ),
    (
        "a delay in French",
        "MAILER-DAEMON@fai.example",
        "Remise différée",
        f"Votre message à {BOX} n'a pas encore été remis. De nouvelles tentatives auront lieu pendant 3 jours.",
        ("", False, True),
    ),
]


@pytest.mark.parametrize(("what", "sender", "subject", "text", "expected"), PROSE, ids=[case[0] for case in PROSE])
def test_prose(what, sender, subject, text, expected):
    raw = f"From: {sender}\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}{BACK}".encode()
    found = read(raw)
    assert (found.status, found.permanent, found.delayed) == expected
    assert found.of(BOX) is not None
    assert found.original_message_id == "<q.1@oga.example>"


def test_prose_that_names_two_tells_of_each():
    text = "The following addresses failed:\n\n  <a@x.example>: 550 5.1.1 User unknown\n\n  <b@x.example>: 552 5.2.2"
    " full\n"
    found = read(b"From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n" + text.encode())
    one, other = found.of("a@x.example"), found.of("b@x.example")
    assert one and other
    assert (one.permanent, other.permanent) == (True, False)


def test_the_recipient_that_exim_names_in_its_header():
    head = b"From: Mailer-Daemon@mx.example\nX-Failed-Recipients: a@x.example\nSubject: Mail delivery failed\n\n"
    found = read(
        head + b"A message that you sent (from eccv@oga.example) could not be delivered: Unrouteable address\n"
    )
    assert found.recipients == ("a@x.example",)
    assert found.permanent


def test_a_null_path_alone_wants_the_letter_or_an_address():
    told = b"From: info@firm.example\n\nVotre message n'a pas pu \xc3\xaatre remis"
    assert bounce.read(parse.parse(told + b".\n"), null_path=True) is None
    assert read(told + b" \xc3\xa0 a@x.example (550 5.1.1).\n", null_path=True).permanent
    assert bounce.read(parse.parse(told + b" \xc3\xa0 a@x.example (550 5.1.1).\n")) is None


def test_a_person_who_quotes_a_bounce_is_none():
    assert (
        bounce.read(parse.parse(b"From: a@x.example\n\nDelivery has failed to these recipients: b@x.example\n")) is None
    )


@pytest.mark.parametrize("piece", ["a@x.example ", "n'a pas pu être ", "message ", "550 5.1.1 <", "- ", "final-"])
def test_any_prose_is_read_in_half_a_second(piece):
    text = (piece * (400_000 // len(piece))).encode()
    message = parse.parse(SERVER + b"Content-Type: text/plain; charset=utf-8\n\n" + text)
    start = perf_counter()
    bounce.read(message, null_path=True)
    assert perf_counter() - start < 0.5
