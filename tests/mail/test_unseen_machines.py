# ruff: noqa: E501
"""What machines send, by many servers and in several languages, and what people send that looks like it."""

from typing import Any

import pytest

from tests.mail.making.mails import TO, File, mail, part, read, several, text

AUTO = {"Auto_Submitted": "auto-replied"}
ASKED = "Re: [ECCV q5v7] D0042 : charges"
BOUNCER = {"From": "Mail Delivery System <MAILER-DAEMON@mx.cabinet-a.example>", "Return_Path": "<>"}
WHO = "c.durand@cabinet-a.example"


def note(subject: str, words: str, **head: str | None) -> bytes:
    return mail(text(words), **{"Subject": subject, **head})


def dsn(words: str, status: str, action: str = "failed", code: str = "", subject: str = "Undelivered Mail Returned to Sender", recipient: str = f"rfc822; {WHO}", returned: str = "message/rfc822", **head: str | None) -> bytes:  # fmt: skip
    """RFC 3464, with our letter behind it."""
    diagnosis = f"Diagnostic-Code: smtp; {code}\n" if code else ""
    report = f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.cabinet-a.example\nArrival-Date: Tue, 24 Nov 2026 09:00:00 +0100\n\nFinal-Recipient: {recipient}\nAction: {action}\nStatus: {status}\n{diagnosis}"
    ours = f"Content-Type: {returned}\n\nFrom: OGA <{TO}>\nTo: {WHO}\nSubject: [ECCV q5v7] D0042\nMessage-ID: <eccv.q5v7.1@oga.example>\n\nValidé\n"
    body = several(
        text(words, "text/plain; charset=utf-8"), report, ours, kind="report", more="; report-type=delivery-status"
    )
    return mail(body, **{"Subject": subject, **BOUNCER, "Auto_Submitted": "auto-replied", **head})


def row(ident: str, raw: bytes, **says: Any) -> object:
    return pytest.param(raw, says, id=ident)


# fmt: off
ABSENCES = [
    row("exchange-fr", note(f"Réponse automatique : {ASKED}", "Bonjour,\nJe suis absente du 23 au 27 novembre inclus. En cas d'urgence, contactez Paul Roche (p.roche@cabinet-a.example).", X_Auto_Response_Suppress="All", **AUTO), until="2026-11-27", deputy="p.roche@cabinet-a.example"),
    row("exchange-en", note(f"Automatic reply: {ASKED}", "I am out of the office until Monday 30 November 2026 with limited access to email. Please contact Paul Roche at p.roche@cabinet-a.example.", **AUTO), deputy="p.roche@cabinet-a.example"),
    row("exchange-subject-only", note(f"Réponse automatique : {ASKED}", "Absent jusqu'au 4 décembre.", X_MS_Exchange_Inbox_Rules_Loop="c.durand@cabinet-a.example"), until="2026-12-04"),
    row("gmail", note(f"Re: {ASKED}", "Je suis en congés, de retour le 7 décembre.", Precedence="bulk", X_Autoreply="yes", **AUTO), until="2026-12-06"),
    row("gmail-subject", note(f"Absent(e) Re: {ASKED}", "Je suis en congés et serai de retour lundi 30 novembre.", **AUTO), until="2026-11-29"),
    row("zimbra", note(f"Absence : {ASKED}", "Je serai absent jusqu'au vendredi 27/11/2026.", X_Zimbra_Autoresponder="1"), until="2026-11-27"),
    row("sieve", note(f"Auto: {ASKED}", "Absent du 20/11 au 02/12. Merci de joindre Marie Lopez au 05 59 00 11 22.", Auto_Submitted="auto-replied (vacation)"), until="2026-12-02", deputy="Marie Lopez"),
    row("roundcube", note(f"Re: {ASKED}", "Message automatique. Retour le 1er décembre.", Auto_Submitted="auto-replied", Precedence="junk"), until="2026-11-30"),
    row("orange", note(f"Réponse automatique: {ASKED}", "Bonjour, je suis absent du bureau du 21/11/2026 au 29/11/2026.\nCordialement"), until="2026-11-29"),
    row("ovh", note(f"Absence du bureau Re: {ASKED}", "Absente jusqu'au lundi 30 novembre inclus.", Precedence="auto_reply"), until="2026-11-30"),
    row("notes", note("Claire Durand est absente du bureau (retour le 08/12/2026)", "Je serai absente du 23/11/2026 et de retour le 08/12/2026.", X_Mailer="Lotus Notes", **AUTO), until="2026-12-07"),
    row("groupwise", note(f"Out of Office: {ASKED}", "I will be back on December 7th.", X_Mailer="Novell GroupWise"), until="2026-12-06"),
    row("cpanel", note(f"Autoréponse : {ASKED}", "Cabinet fermé jusqu'au 6 décembre.", X_Autorespond="1", Precedence="bulk"), until="2026-12-06"),
    row("german", note(f"Automatische Antwort: {ASKED}", "Ich bin bis zum 4. Dezember 2026 nicht im Büro.", **AUTO), until="2026-12-04"),
    row("spanish", note(f"Respuesta automática: {ASKED}", "Estaré fuera de la oficina.", **AUTO)),
    row("italian", note(f"Risposta automatica: {ASKED}", "Sono fuori ufficio.", X_Auto_Response_Suppress="OOF")),
    row("dutch", note(f"Automatisch antwoord: {ASKED}", "Ik ben afwezig.", **AUTO)),
    row("portuguese", note(f"Resposta automática: {ASKED}", "Estou ausente.", **AUTO)),
    row("maternity", note(f"Réponse automatique : {ASKED}", "Je suis en congé maternité jusqu'au 15 mars 2027. Votre interlocutrice est Sophie Martin, s.martin@cabinet-a.example.", **AUTO), until="2027-03-15", deputy="s.martin@cabinet-a.example"),
    row("left-the-firm", note(f"Réponse automatique : {ASKED}", "Claire Durand a quitté le cabinet. Merci d'adresser vos messages à contact@cabinet-a.example.", **AUTO), until=None, deputy="contact@cabinet-a.example"),
    row("mondays-off", note(f"Réponse automatique : {ASKED}", "Je ne travaille pas le mercredi. Je vous réponds dès jeudi.", **AUTO)),
    row("received-fine", note(f"Réponse automatique : {ASKED}", "Nous avons bien reçu votre message et vous répondrons dans les 48 heures.", **AUTO), until=None),
    row("says-validated", note(f"Réponse automatique : {ASKED}", "Validé. Je suis absent jusqu'au 30/11.", **AUTO), until="2026-11-30"),
    row("html-only", mail(text("<p>Je suis absente <b>jusqu'au 2 décembre</b> inclus.</p>", "text/html; charset=utf-8"), Subject=f"Réponse automatique : {ASKED}", **AUTO), until="2026-12-02"),
    row("encoded-subject", mail(text("Absent."), Subject="=?iso-8859-1?Q?R=E9ponse_automatique_=3A_[ECCV_q5v7]?=")),
    row("year-end", note(f"Réponse automatique : {ASKED}", "Le cabinet est fermé du 24 décembre au 3 janvier.", **AUTO), until="2027-01-03"),
    row("weekday-only", note(f"Réponse automatique : {ASKED}", "Absente cette semaine, de retour lundi.", **AUTO), until="2026-11-29"),
    row("loop-header", note(f"Réponse automatique : {ASKED}", "Absent", X_Loop=WHO, X_AutoReply_From=WHO)),
]

OTHERS = [
    row("mailinblack", note("[Mailinblack] Vérification de votre adresse", "Bonjour, pour que votre message me parvienne, merci de vous authentifier en cliquant sur le lien : https://app.mailinblack.com/x", **{"From": "Claire Durand <c.durand@cabinet-a.example>"}, **AUTO)),
    row("boxbe", note(f"{ASKED} (Action Required)", "Hello, your message about \"charges\" was waitlisted. Please add yourself to my Guest List so your messages will be delivered: https://www.boxbe.com/x", **AUTO)),
    row("spamenmoins", note("Confirmez votre envoi", "Ceci est un message automatique. Cliquez sur ce lien pour confirmer que vous n'êtes pas un robot.")),
    row("earthlink", note("Re: Question (automated reply: suspect email)", "I apologize for this automatic reply to your email. To control spam, I now allow incoming messages only from senders I have approved beforehand.", X_Challenge="yes", **AUTO)),
    row("ticket-glpi", note("[GLPI #0012345] Nouveau ticket", "Votre demande a été enregistrée sous le numéro 12345.", Auto_Submitted="auto-generated")),
    row("ticket-zendesk", note("[Demande reçue] charges", "##- Veuillez saisir votre réponse au-dessus de cette ligne -##\n\nVotre demande (8812) a bien été reçue.", Auto_Submitted="auto-generated", X_Mailer="Zendesk Mailer")),
    row("jira", note("SUP-12 charges", "Votre demande est créée.", Auto_Submitted="auto-generated", Precedence="bulk")),
    row("mdn-outlook", mail(several(text("Votre message\n\n  À : Claire Durand\n  Objet : charges\n\na été lu le mardi 24 novembre 2026."), f"Content-Type: message/disposition-notification\n\nReporting-UA: Microsoft Outlook\nFinal-Recipient: rfc822;{WHO}\nDisposition: automatic-action/MDN-sent-automatically; displayed\n", kind="report", more="; report-type=disposition-notification"), Subject=f"Lu : {ASKED}")),
    row("mdn-deleted", mail(several(text("Your message was deleted without being read"), f"Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;{WHO}\nDisposition: manual-action/MDN-sent-manually; deleted\n", kind="report", more="; report-type=disposition-notification"), Subject=f"Non lu : {ASKED}")),
    row("mdn-thunderbird", mail(several(text("Ceci est un accusé de réception pour le courrier que vous avez envoyé."), "Content-Type: message/disposition-notification; name=\"MDNPart2.txt\"\nContent-Disposition: inline\n\nDisposition: manual-action/MDN-sent-manually; displayed\n", kind="report", more="; report-type=disposition-notification"), Subject=f"Accusé de réception (affiché) - {ASKED}")),
    row("calendar-accept", mail(several(text("Accepté"), text("BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR", "text/calendar; method=REPLY; charset=utf-8"), kind="alternative"), Subject="Accepté : Réunion")),
    row("calendar-google", mail(text("BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR", "text/calendar; charset=utf-8; method=\"REPLY\""), Subject="Accepted: Réunion @ mar. 24 nov.")),
    row("newsletter", note("Actualités fiscales de novembre", "Découvrez notre dossier. Se désabonner : https://x.example/u", List_Unsubscribe="<https://x.example/u>", Precedence="bulk", List_Id="news <news.x.example>")),
    row("mailchimp", note("Votre lettre", "Bonjour, voici les nouveautés.", List_Unsubscribe="<mailto:u@x.example>", X_Mailer="MailChimp Mailer", Feedback_ID="1:2:x", Precedence="bulk")),
    row("mailman-admin", note("Your message to compta awaits moderator approval", "Your mail to 'compta' is being held until the list moderator can review it.", From="compta-bounces@listes.example", X_List_Administrivia="yes", Precedence="bulk", List_Id="compta <compta.listes.example>")),
    row("virus-gateway", note("Virus Alert", "The message you sent contained an attachment which the recipient has blocked.", From="postmaster@cabinet-a.example", Auto_Submitted="auto-generated")),
    row("cron", note("Cron <root@srv> /usr/bin/backup", "ok", From="root (Cron Daemon) <root@srv.cabinet-a.example>", Auto_Submitted="auto-generated", X_Cron_Env="<LANG=fr>")),
    row("sendgrid-generated", note("Facture disponible", "Votre facture est disponible dans votre espace.", Auto_Submitted="auto-generated", From="ne-pas-repondre@fournisseur.example")),
]

BOUNCES = [
    row("postfix", dsn("I'm sorry to have to inform you that your message could not be delivered.", "5.1.1", code="550 5.1.1 User unknown"), status="5.1.1", permanent=True),
    row("postfix-headers-only", dsn("could not be delivered", "5.1.1", returned="text/rfc822-headers"), permanent=True),
    row("postfix-delayed", dsn("THIS IS A WARNING MESSAGE ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.", "4.4.1", "delayed", subject="Delayed Mail (still being retried)"), permanent=False),
    row("exchange", dsn("Échec de la remise à ces destinataires ou groupes :", "5.1.10", code="550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", subject=f"Non remis : {ASKED}", From="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@cabinet-a.example>"), permanent=True),
    row("exchange-blocked", dsn("Votre message n'a pas pu être remis.", "5.7.133", code="550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup", subject="Undeliverable"), status="5.7.133"),
    row("orange", dsn("Votre message n'a pas pu être délivré", "5.1.1", code="550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]", subject="Non remis : votre message"), permanent=True),
    row("free", dsn("Ce message a été créé automatiquement par le logiciel de livraison de mail.", "5.1.1", code="550 5.1.1 Recipient not found"), permanent=True),
    row("laposte-full", dsn("Boite pleine", "5.2.2", code="552 5.2.2 Mailbox full / Boite de reception pleine"), permanent=False),
    row("ovh", dsn("Sorry, we were unable to deliver your message", "5.2.1", code="550 5.2.1 This mailbox has been blocked due to inactivity"), status="5.2.1"),
    row("gandi", dsn("Your message could not be delivered", "5.1.1", code="550 5.1.1 <c.durand@cabinet-a.example>: Recipient address rejected: User unknown in relay recipient table"), permanent=True),
    row("ionos", note("Undelivered Mail Returned to Sender", f"This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\nThe following address failed:\n\n  <{WHO}>:\n    SMTP error from remote server for RCPT TO command, host: mx.cabinet-a.example (192.0.2.1) reason: 550 5.1.1 User unknown\n\n--- The header of the original message is following. ---\n\nMessage-ID: <eccv.q5v7.1@oga.example>\nSubject: x\n", **BOUNCER), permanent=True),
    row("mimecast", dsn("The email could not be delivered", "5.0.0", code="550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550", subject="[Postmaster] Email Delivery Failure")),
    row("proofpoint", dsn("Your message did not reach some or all of the intended recipients.", "5.1.1", code="550 5.1.1 User Unknown", recipient=f"RFC822;<{WHO}>"), permanent=True),
    row("gmail", dsn(f"Adresse introuvable\n\nVotre message n'est pas parvenu à {WHO}, car l'adresse est introuvable.", "5.1.1", code="550-5.1.1 The email account that you tried to reach does not exist.", subject="Delivery Status Notification (Failure)", X_Failed_Recipients=WHO), permanent=True),
    row("exim", note("Mail delivery failed: returning message to sender", f"This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  {WHO}\n    host mx [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<{WHO}>:\n    550 5.1.1 unknown user\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-ID: <eccv.q5v7.1@oga.example>\n", X_Failed_Recipients=WHO, **BOUNCER), permanent=True),
    row("qmail", note("failure notice", f"Hi. This is the qmail-send program at mx.cabinet-a.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{WHO}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <eccv.q5v7.1@oga.example>\n", **BOUNCER), permanent=True),
    row("notes", dsn("Your message could not be delivered: User durand (c.durand@cabinet-a.example) not listed in Domino Directory", "5.1.1", subject="DELIVERY FAILURE: User durand not listed in Domino Directory"), permanent=True),
    row("yahoo", note("Failure Notice", f"Sorry, we were unable to deliver your message to the following address.\n\n<{WHO}>:\n554: delivery error: dd This user doesn't have a yahoo.fr account ({WHO}) [0] - mta1.mail.yahoo.com\n\n--- Below this line is a copy of the message.\n", **{**BOUNCER, "From": "MAILER-DAEMON@yahoo.com"}), recipients=[WHO]),
    row("zimbra-over", dsn("over quota", "4.2.2", code="452 4.2.2 Over quota"), permanent=False),
    row("utf8-dsn", dsn("could not be delivered", "5.1.1", recipient=f"utf-8; {WHO}"), permanent=True),
    row("no-envelope-null", dsn("could not be delivered", "5.4.4", code="host not found", Return_Path=None, Auto_Submitted=None)),
]

PEOPLE = [
    row("auto-no", note(ASKED, "Les honoraires sont de 1 250 €.", Auto_Submitted="no"), said="Les honoraires sont de 1 250 €."),
    row("about-absence", note(ASKED, "Je suis absente jusqu'au 4 décembre, mais voici déjà le montant : 1 250 €."), said="voici déjà le montant"),
    row("reply-to-ooo", note(f"Re: Réponse automatique : {ASKED}", "Le montant est de 1 250 €."), said="1 250"),
    row("suppress-header", note(ASKED, "Le montant est de 1 250 €.", X_Auto_Response_Suppress="DR, OOF, AutoReply"), said="1 250"),
    row("suppress-all", note(ASKED, "Le montant est de 1 250 €.", X_Auto_Response_Suppress="All"), said="1 250"),
    row("list-human", note(ASKED, "Le montant est de 1 250 €.", List_Id="compta <compta.cabinet-a.example>", Precedence="list", List_Unsubscribe="<mailto:x@y.example>", Sender="compta-bounces@cabinet-a.example"), said="1 250"),
    row("google-group", note(ASKED, "Le montant est de 1 250 €.", List_Id="<compta.cabinet-a.example>", X_Google_Group_Id="12", Precedence="list", Mailing_list="list compta@cabinet-a.example"), said="1 250"),
    row("priority-bulk-scanner", note(ASKED, "Le montant est de 1 250 €.", X_Priority="1 (Highest)", Importance="high"), said="1 250"),
    row("shared-no-reply-name", note(ASKED, "Le montant est de 1 250 €.", From="Accueil <contact@cabinet-a.example>"), said="1 250"),
    row("subject-undelivered", note("Re: Courrier non remis au client", "Le client n'a pas reçu le courrier, le montant est de 1 250 €."), said="1 250"),
    row("subject-delivery", note("Re: retour de livraison", "La livraison a échoué, d'où l'avoir de 1 250 €."), said="1 250"),
    row("subject-absence", note("Absence de pièces au dossier D0042", "Les pièces manquent, le client les envoie. Montant 1 250 €."), said="1 250"),
    row("subject-absent", note("Absent du tableau : les honoraires", "Il manque 1 250 € au tableau."), said="1 250"),
    row("subject-conges", note("Congés payés : question 2", "Les congés payés provisionnés sont de 1 250 €."), said="1 250"),
    row("subject-automatic", note("Re: prélèvement automatique", "Le prélèvement automatique est de 1 250 €."), said="1 250"),
    row("subject-auto", note("Auto : frais kilométriques", "Frais d'auto : 1 250 €."), said="1 250"),
    row("subject-read", note("Lu et approuvé : honoraires", "Les honoraires sont de 1 250 €."), said="1 250"),
    row("subject-accepted", note("Accepté : devis client", "Le devis accepté est de 1 250 €."), said="1 250"),
    row("subject-cloture", note("Fermeture du cabinet médical", "Le cabinet médical a fermé, d'où 1 250 € de moins."), said="1 250"),
    row("quotes-bounce", note(ASKED, "Notre mail au client est revenu :\n> 550 5.1.1 User unknown\nLe montant est de 1 250 €."), said="1 250"),
    row("quotes-challenge", note(ASKED, "Le client utilise Mailinblack, il a reçu mon mail. Montant 1 250 €."), said="1 250"),
    row("signature-absent", note(ASKED, "Le montant est de 1 250 €.\n\n-- \nClaire Durand\nAbsente le mercredi"), said="1 250"),
    row("signature-holidays", note(ASKED, "Le montant est de 1 250 €.\n\nClaire Durand\nLe cabinet sera fermé du 24 décembre au 2 janvier."), said="1 250"),
    row("auto-forward-rule", note(ASKED, "Le montant est de 1 250 €.", X_Forwarded_To=TO, X_Forwarded_For=f"{WHO} {TO}"), said="1 250"),
    row("delivered-to-self", note(ASKED, "Le montant est de 1 250 €.", Delivered_To=TO, X_Original_To=TO), said="1 250"),
    row("crm", note(ASKED, "Le montant est de 1 250 €.", X_Mailer="Salesforce", Message_ID="<x@sfdc.net>"), said="1 250"),
    row("outlook-calendar-mixed", mail(several(text("Le montant est de 1 250 €."), part(File("rdv.ics", b"BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR", "text/calendar")))), said="1 250"),
    row("asks-receipt", note(ASKED, "Le montant est de 1 250 €.", Disposition_Notification_To=WHO, Return_Receipt_To=WHO), said="1 250"),
    row("x-autoreply-no", note(ASKED, "Le montant est de 1 250 €.", X_Autoreply="no"), said="1 250"),
    row("precedence-normal", note(ASKED, "Le montant est de 1 250 €.", Precedence="first-class"), said="1 250"),
    row("feedback-id-office", note(ASKED, "Le montant est de 1 250 €.", Feedback_ID="1:x:y"), said="1 250"),
    row("ticket-number", note(f"[GLPI #12] {ASKED}", "Le montant est de 1 250 €."), said="1 250"),
    row("postmaster-name", note(ASKED, "Le montant est de 1 250 €.", From="Postmaster Martin <martin.postmaster@cabinet-a.example>"), said="1 250"),
    row("servicenow", note(ASKED, "Le montant est de 1 250 €.", X_ServiceNow_Generated="true"), said="1 250"),
    row("thanks-received", note(ASKED, "Bien reçu votre message : le montant est de 1 250 €."), said="1 250"),
    row("no-answer-before", note(ASKED, "Je suis de retour le 7 décembre. Puis-je vous répondre à ce moment-là ?"), said="Puis-je"),
    row("unsubscribe-footer", note(ASKED, "Le montant est de 1 250 €.\n\nCabinet A - pour ne plus recevoir nos courriers : https://x.example/u", List_Unsubscribe="<https://x.example/u>"), said="1 250"),
    row("read-and-answers", note(f"Lu : {ASKED}", "Lu, et le montant est de 1 250 €."), said="1 250"),
    row("received-subject", note("Accusé de réception du client", "Le client a accusé réception. Montant : 1 250 €."), said="1 250"),
    row("english", note(f"RE: {ASKED}", "The fees are 1 250 €. I am on holiday until 4 December."), said="The fees"),
]
# fmt: on


@pytest.mark.parametrize(("raw", "says"), ABSENCES)
def test_an_absence_tells_its_last_day_and_who_answers(raw: bytes, says: dict[str, Any]) -> None:
    found = read(raw)
    assert found["disposition"] == "auto"
    if "until" in says:
        assert (found["absence"] or {}).get("until") == says["until"]
    if says.get("deputy"):
        assert says["deputy"] in (found["absence"] or {}).get("deputy", "")


@pytest.mark.parametrize(("raw", "says"), OTHERS)
def test_another_machine_is_no_answer(raw: bytes, says: dict[str, Any]) -> None:
    assert read(raw)["disposition"] == "auto"


@pytest.mark.parametrize(("raw", "says"), BOUNCES)
def test_a_bounce_says_whom_and_for_how_long(raw: bytes, says: dict[str, Any]) -> None:
    found = read(raw)
    assert found["disposition"] == "bounce"
    assert found["bounce"]["recipients"] == [WHO]
    assert {key: found["bounce"][key] for key in says} == says


@pytest.mark.parametrize(("raw", "says"), PEOPLE)
def test_a_person_is_heard(raw: bytes, says: dict[str, Any]) -> None:
    found = read(raw)
    assert found["disposition"] == "accept"
    assert says["said"] in found["text"]
