"""« ci-joint » without a file is asked about; what only looks like it is not."""

import time

import pytest

from mailbot.service.understanding.french import announces_file

SAID = r"""
Veuillez trouver ci-joint le bail.
Vous trouverez ci-joints les relevés.
Ci-jointe l'attestation.
Cijoint le détail
Ci joint, le tableau.
Ci-annexé le contrat.
Ci-inclus la facture.
Le détail est en pièce jointe.
Vous l'avez en PJ.
En P.J. le relevé.
PJ : relevé de mars
Pièces jointes : 2
Cf. pièce jointe.
cf pj
Voir PJ
Voir la pièce jointe
Voir fichier joint.
Je vous joins le relevé.
Je joins la facture à mon message.
Je te joins les deux relevés.
Je vous les joins.
Nous vous joignons l'attestation.
Le document joint le montre.
Comme le montre le tableau joint.
La facture est jointe à ce mail.
Les relevés de banque sont joints.
Vous trouverez le détail en annexe.
Veuillez trouver en annexe le contrat.
Pas de changement sur le loyer, mais vous trouverez ci-joint l'attestation.
Je n'ai pas de relevé. Ci-joint la facture.
Ci-joint l'attestation reçue par courrier.
Vous trouverez ci-joint le bail, l'original part par courrier.
Please find attached the lease.
See attached.
The document is attached.
Attached is the statement.
Bonjour,\n\nVous trouverez\nci-joint le bail.
Oui, ci-joint.
"""
NOT_SAID = """
Il n'y a pas de pièce jointe à cette réponse.
Sans pièce jointe.
Aucune pièce jointe.
Je n'ai aucun document joint au dossier.
Rien n'est joint.
Pas de PJ.
Je ne joins rien.
Je ne vous joins pas le bail.
Je n'ai pas joint le relevé.
Le relevé n'est pas encore joint.
J'ai oublié de joindre le relevé.
Je vous envoie le bail par courrier.
Je vous joins le relevé par courrier.
Envoyé par courrier ce jour.
Ci-joint envoyé par courrier.
Le relevé ci-joint part par la poste.
Je vous joins le relevé dès réception.
Je vous joindrai le relevé.
Il s'agit d'un compte joint.
Le compte joint des époux.
Le conjoint collaborateur a été déclaré.
La pièce jointe à votre message est illisible.
Je n'arrive pas à ouvrir votre pièce jointe.
La somme figure en annexe de la 2035.
Voir l'annexe 2035-B.
La pièce a déjà été jointe.
Faut-il joindre le bail ?
Merci de nous joindre au 05 59 00 00 00.
Vous pouvez me joindre le matin.
Le loyer du quatrième trimestre.
Mon associé s'est joint à nous.
There is no attachment.
Without attachment.
"""


@pytest.mark.parametrize("text", SAID.strip().split("\n"))
def test_a_file_is_announced(text):
    assert announces_file(text.replace("\\n", "\n"))


@pytest.mark.parametrize("text", NOT_SAID.strip().split("\n"))
def test_no_file_is_announced(text):
    assert not announces_file(text)


@pytest.mark.parametrize(
    "text", ["pas " * 50_000, "ci " * 50_000, "document " * 30_000, "trouver " * 30_000, "pj. " * 50_000]
)
def test_any_text_is_read_in_linear_time(text):
    begin = time.process_time()
    announces_file(text)
    assert time.process_time() - begin < 1
