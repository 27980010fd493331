"""The page of a letter with several answers, over real HTTP: each is decided by itself, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest

from mailbot.domain import commands as c
from mailbot.domain.model import Outcome, Person
from mailbot.domain.questions import Act
from mailbot.service import questions
from mailbot.store import people
from mailbot.store import questions as kept_questions
from tests.background import Background
from tests.campaign import AICHA, MAITE, MIREILLE, Campaign
from tests.gateways.several import (
    MINUTES,
    ONE,
    THREE,
    TWO,
    Form,
    answered,
    approvals,
    begin,
    forms,
    open_to_all,
    page_of,
    plain,
)

pytestmark = pytest.mark.slow  # a server for each test


@pytest.fixture
def site(living: Campaign, background: Background) -> Iterator[str]:
    with open_to_all(living, background) as address:
        yield address


def kept(here: Campaign) -> list[Any]:
    conn = here.system.store.conn
    names = ("question", "journal", "outbox", "answer", "deed", "plan", "letter_item", "news")
    return [[tuple(row) for row in conn.execute(f"select * from {name}")] for name in names]


def events(here: Campaign, ref: str) -> list[str]:
    return [row["event"] for row in here.show(ref)["history"]]


def states(here: Campaign) -> list[str]:
    return [here.show(ref)["state"] for ref in (ONE, TWO, THREE)]


def person(here: Campaign, who: tuple[str, str]) -> Person:
    found = people.by_email(here.system.store.conn, who[1])
    assert found
    return found


def emails(some: tuple[Person, ...]) -> list[str]:
    return [one.email for one in some]


def test_a_block_and_a_form_an_answer(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO, files={"detail.pdf": b"%PDF-1.4\n%%EOF\n"})
    html = httpx.get(page).text
    said = plain(html)
    assert "Deux réponses à valider" in said
    assert "D0009-2025" in said
    for ref in (ONE, TWO):
        assert f"Réponse à {ref}." in said
    approve = forms(html, "approve")
    assert len({form.action for form in approve}) == len({form.fields["n"] for form in approve}) == 2
    assert page.removeprefix(site) not in {form.action for form in approve}
    for form in approve:
        assert httpx.get(site + form.action.replace("/v/", "/f/") + "/1").content == b"%PDF-1.4\n%%EOF\n"
        assert httpx.get(site + form.action).status_code == 200


def test_answers_of_several_dossiers_have_letters(living: Campaign, site: str) -> None:
    begin(living)
    store = living.system.store
    found = (kept_questions.get(store.conn, id) for id in kept_questions.drafts(store.conn))
    other = next(q for q in found if q.dossier.expert.email == MAITE[1] and AICHA[1] in emails(q.dossier.collaborators))
    questions.ask(living.system, [other.id])
    living.run()
    page = approvals(living, site, ONE, other.ref)
    first, second = sorted((ONE, other.ref))
    html = httpx.get(page).text
    said = plain(html)
    for words in ("2 dossiers", "Deux dossiers · exercice 2025", f"[{first}]", "Valider la réponse B"):
        assert words in said
    done = forms(html, "approve")[1].send(site, read="yes")
    assert f"· {other.dossier.member} [{other.ref}]" in said
    assert [living.show(ref)["state"] for ref in (first, second)] == ["proposed", "submitted"]
    assert f'href="{page.removeprefix(site)}#A"' in done.text


def test_looking_changes_nothing(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    forms(httpx.get(page).text, "approve")[0].send(site, read="yes")
    before = kept(living)
    with httpx.Client() as client:
        for _ in range(20):
            assert client.get(page, headers={"Purpose": "prefetch"}).status_code == 200
            assert client.head(page).status_code == 200
    assert kept(living) == before


def test_each_answer_is_decided_by_itself(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO, THREE)
    html = httpx.get(page).text
    done = forms(html, "approve")[0].send(site, read="yes")
    assert done.status_code == 200
    assert states(living) == ["submitted", "proposed", "proposed"]
    assert "Il reste 2 réponses à valider" in plain(done.text)
    assert f"{MIREILLE[0]} va l’examiner. {AICHA[0]} l’apprendra dans notre prochain message." in plain(done.text)
    assert f'href="{page.removeprefix(site)}#2"' in done.text
    sent = forms(html, "send_back")[1].send(site, read="yes", text="Le détail, s’il vous plaît.")
    assert "Il reste 1 réponse à valider" in plain(sent.text)
    last = forms(html, "amend")[2].send(site, read="yes", text="Ma version.")
    assert "Plus rien à valider" in plain(last.text)
    assert states(living) == ["submitted", "asked", "submitted"]
    said = plain(httpx.get(page).text)
    assert "Trois réponses, plus rien à valider" in said
    for deed in ("Validée par vous", "Renvoyée par vous", "Validée et modifiée par vous"):
        assert said.count(deed) == 1


def test_twenty_posts_of_each_form_decide_once_each(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO, THREE)
    approve = forms(httpx.get(page).text, "approve")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: approve[n % 3].send(site, read="yes").status_code, range(60)))
    assert set(answers) == {200}
    assert [events(living, ref).count("approved") for ref in (ONE, TWO, THREE)] == [1, 1, 1]


def test_the_nonce_of_one_answer_is_of_no_use_for_another(living: Campaign, site: str) -> None:
    one, two = forms(httpx.get(approvals(living, site, ONE, TWO)).text, "approve")
    crossed = Form(two.action, one.fields).send(site, read="yes")
    assert crossed.status_code == 400
    assert "La page avait expiré" in plain(crossed.text)
    assert states(living)[:2] == ["proposed", "proposed"]
    assert one.send(site, read="yes").status_code == 200, "and it is not used up"


def test_nothing_is_decided_at_the_address_of_the_letter(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    form = forms(httpx.get(page).text, "approve")[0]
    answer = Form(page.removeprefix(site), form.fields).send(site, read="yes")
    assert answer.status_code == 400
    assert "Décidez réponse par réponse" in plain(answer.text)
    assert httpx.get(page.replace("/v/", "/f/") + "/1").status_code == 404
    assert states(living)[:2] == ["proposed", "proposed"]


def test_a_wrong_form_comes_back_on_the_answer_s_own_page(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    answer = forms(httpx.get(page).text, "amend")[1].send(site, text="Mes mots.")
    assert answer.status_code == 400
    assert "Cochez la case" in plain(answer.text)
    (again,) = forms(answer.text, "amend")
    assert ">Mes mots.</textarea>" in answer.text
    assert f'href="{page.removeprefix(site)}#1"' in answer.text
    assert again.send(site, read="yes", text="Mes mots.").status_code == 200
    assert living.show(TWO)["answers"][-1]["text"] == "Mes mots."


def test_an_answer_that_changed_says_so_and_leads_to_what_stands(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    living.reply(living.letter(AICHA, "receipt", ONE), AICHA, "Un complément.")
    html = httpx.get(page).text
    assert "Deux réponses, dont une à valider" in plain(html)
    assert "Une autre version est arrivée depuis." in plain(html)
    newer = html.partition("Lire la version qui attend")[0].rpartition('href="')[2].partition('"')[0]
    seen = httpx.get(site + newer).text
    assert "version 2" in plain(seen)
    assert '<ins class="is">' in seen, "what was added is marked"
    assert forms(seen, "approve")[0].send(site, read="yes").status_code == 200
    assert living.show(ONE)["state"] == "submitted"


def test_a_dossier_that_moved_takes_its_answers_along(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    form = forms(httpx.get(page).text, "approve")[0]
    unknown = httpx.get(site + "/v/x").content
    with living.system.store.tx() as conn:
        other = conn.execute(
            "select d.firm_id, d.expert_id from dossier d where d.firm_id <> "
            "(select firm_id from dossier where ref = 'D0009') limit 1"
        ).fetchone()
        conn.execute("update dossier set firm_id = ?, expert_id = ? where ref = 'D0009'", tuple(other))
    for answer in (httpx.get(page), form.send(site, read="yes"), httpx.get(site + form.action)):
        assert (answer.status_code, answer.content) == (404, unknown)
    assert states(living)[:2] == ["proposed", "proposed"]


def test_a_colleague_who_took_over_decides(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    with living.system.store.tx() as conn:
        conn.execute(
            "update dossier set expert_id = (select id from person where role = 'expert' and firm_id = dossier.firm_id "
            "and id <> expert_id limit 1) where ref = 'D0009'"
        )
    said = plain(httpx.get(page).text)
    assert "suit maintenant ce dossier : la décision lui revient." in said
    assert forms(httpx.get(page).text, "approve") == []


def test_the_page_lives_thirty_days_longer_than_its_last_question(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    store = living.system.store

    def treat(ref: str) -> None:
        with store.tx() as conn:
            doing = Act(person(living, MIREILLE), living.now)
            questions.act(living.system, conn, questions.find(conn, ref), c.Treat(Outcome.NO_ANSWER), doing)

    treat(ONE)
    living.app.clock.set(living.now + timedelta(days=20))
    treat(TWO)
    assert "Deux réponses, plus rien à valider" in plain(httpx.get(page).text)
    living.app.clock.set(living.now + timedelta(days=11))
    assert "Une réponse, plus rien à valider" in plain(httpx.get(page).text)
    living.app.clock.set(living.now + timedelta(days=20))
    closed = httpx.get(page)
    assert (closed.status_code, closed.content) == (404, httpx.get(site + "/v/x").content)


def test_a_reminder_has_such_a_page_too(living: Campaign, site: str) -> None:
    approvals(living, site, ONE, TWO)
    living.advance(timedelta(days=4))
    page = page_of(living.letter(MAITE, "reminder", ""), site)
    html = httpx.get(page).text
    assert "Deux réponses à valider" in plain(html)
    assert f"Rappel à {MAITE[0]}" in plain(html)
    assert f"Réponse d’{AICHA[0]}" in plain(html)
    done = forms(html, "approve")[1].send(site, read="yes")
    assert f'href="{page.removeprefix(site)}#1"' in done.text, "back to the newest letter that holds it"


def test_a_decision_is_taken_back_once_within_ten_minutes(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    done = forms(httpx.get(page).text, "approve")[0].send(site, read="yes")
    until = (living.system.today() + 10 * MINUTES).strftime("%H h %M")
    assert f"Annuler ma décision, jusqu’à {until}" in plain(done.text)
    (undo,) = forms(done.text, "undo")
    assert forms(httpx.get(page).text, "undo")[0].action == undo.action
    living.advance(9 * MINUTES)
    back = undo.send(site)
    assert back.status_code == 200
    assert "Votre décision est annulée." in plain(back.text)
    assert events(living, ONE)[-2:] == ["approved", "undone"]
    assert (living.show(ONE)["state"], living.show(ONE)["answers"][0]["approved_by"]) == ("proposed", None)
    again = undo.send(site)
    assert again.status_code == 409
    assert "Il n’y a pas de décision à annuler ici." in plain(again.text)
    assert events(living, ONE).count("undone") == 1
    assert len(forms(httpx.get(page).text, "approve")) == 2, "both wait again"
    assert forms(back.text, "send_back")[0].send(site, read="yes", text="Plutôt ceci.").status_code == 200
    assert living.show(ONE)["state"] == "asked"
    assert "La réponse est renvoyée" in plain(httpx.get(site + undo.action).text)


def test_an_amendment_is_taken_back_and_made_anew(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    done = forms(httpx.get(page).text, "amend")[0].send(site, read="yes", text="Ma version.")
    back = forms(done.text, "undo")[0].send(site)
    assert ">Réponse à D0009-2025-1.</textarea>" in back.text
    done = forms(back.text, "amend")[0].send(site, read="yes", text="Mieux.")
    assert "La réponse nous est transmise" in plain(done.text)
    assert living.show(ONE)["answers"][-1]["text"] == "Mieux."
    assert "Ce qui nous a été transmis" in plain(done.text)
    assert '<ins class="is">Mieux.</ins>' in done.text
    assert "Validée et modifiée par vous" in plain(httpx.get(page).text)
    assert len(forms(done.text, "undo")) == 1


def test_undo_comes_too_late_after_ten_minutes(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    done = forms(httpx.get(page).text, "approve")[0].send(site, read="yes")
    living.advance(10 * MINUTES)
    assert forms(httpx.get(page).text, "undo") == []
    late = forms(done.text, "undo")[0].send(site)
    assert late.status_code == 409
    assert "Il est trop tard pour annuler" in plain(late.text)
    assert living.show(ONE)["state"] == "submitted"


def test_a_decision_by_mail_is_taken_back_on_the_page(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    living.reply(living.letter(MAITE, "approval", "réponses"), MAITE, "1 ok")
    (undo,) = forms(httpx.get(page).text, "undo")
    assert undo.send(site).status_code == 200
    assert states(living)[:2] == ["proposed", "proposed"]


@pytest.mark.parametrize("wrong", [{"n": "x"}, {"v": "7"}])
def test_undo_needs_the_form_of_its_page(living: Campaign, site: str, wrong: dict[str, str]) -> None:
    page = approvals(living, site, ONE, TWO)
    done = forms(httpx.get(page).text, "approve")[0].send(site, read="yes")
    answer = forms(done.text, "undo")[0].send(site, **wrong)
    assert answer.status_code == (409 if "v" in wrong else 400)
    assert living.show(ONE)["state"] == "submitted"
    assert forms(answer.text, "undo")[0].send(site).status_code == 200


def test_nobody_takes_back_what_another_decided(living: Campaign, site: str) -> None:
    page = approvals(living, site, ONE, TWO)
    form = forms(httpx.get(page).text, "approve")[0]
    with living.system.store.tx() as conn:
        question = questions.find(conn, ONE)
        other = conn.execute(
            "select email from person where role = 'expert' and firm_id = ? and email <> ? limit 1",
            (question.dossier.firm.id, MAITE[1]),
        ).fetchone()["email"]
        colleague = person(living, ("", other))
        conn.execute("update dossier set expert_id = ? where ref = 'D0009'", (colleague.id,))
        doing = Act(colleague, living.now)
        questions.act(living.system, conn, questions.find(conn, ONE), c.Approve(1), doing)
    seen = httpx.get(page).text
    assert forms(seen, "undo") == []
    answer = Form(form.action, {**form.fields, "decision": "undo"}).send(site)
    assert answer.status_code == 409
    assert "Seul l’auteur d’une décision peut l’annuler." in plain(answer.text)


def test_what_staff_decide_is_final(living: Campaign, site: str) -> None:
    begin(living)
    answered(living, ONE)
    living.reply(living.letter(MAITE, "approval", ONE), MAITE, "OK")
    living.advance(11 * MINUTES)
    page = page_of(living.letter(MIREILLE, "to_treat", ONE), site)
    done = forms(httpx.get(page).text, "treat")[0].send(site, read="yes", outcome="satisfactory")
    assert done.status_code == 200
    assert forms(done.text, "undo") == []
