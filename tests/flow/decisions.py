"""A hundred replies to an approval letter with one answer, as experts and their stand-ins type them; data, and fixed.

The letter is about « D0009-2025-2 »: Aïcha Dubois, collaborator, answered; Maïté Martin, expert, decides. Each reply
is the whole text above the quoted letter. `wants` is what a person at the association would say that the writer
decided; None is: nothing, so nothing may change and the writer is asked. `told` are words that the colleague must
read when the answer goes back. These sentences were written before the code that reads them was looked at; they are
not edited afterwards. What they measure stands in `test_decisions.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Decision = Literal["approve", "send_back"]


@dataclass(frozen=True)
class Said:
    """One reply, what it decides, and for an answer that goes back words that its author must read."""

    text: str
    wants: Decision | None
    told: str = ""


APPROVALS = (
    "OK",
    "c bon pour moi",
    "ok pr moi",
    "Bonjour,\n\nBon pour envoi.\n\nCordialement,\nMaïté Martin",
    "Validé, merci Aïcha",
    "C'est parfait, vous pouvez transmettre à l'association.",
    "RAS pour moi, à transmettre.",
    "je valide\n\nEnvoyé de mon iPhone",
    "Oui c'est tout bon, merci",
    "D'accord avec la réponse.",
    "ok vous pouvez y aller",
    "OK VALIDÉ",
    "Très bien pour moi, merci beaucoup.",
    "Bonjour Mireille,\n\nJe vous confirme mon accord.\n\nBien à vous,\nM. Martin",
    "Réponse validée. Bonne journée !",
    "ok envoyez",
    "Feu vert de mon côté.",
    "impec, ça part comme ça",
    "Pas de remarque de ma part, vous pouvez l'envoyer.",
    "Rien à redire.",
    "Cela me convient, bonne réception.",
    "Conforme, je valide la réponse de ma collaboratrice.",
    "ok, parfait, merci à vous deux et bon week-end",
    "vu et validé",
    "Oui, vous pouvez la transmettre telle quelle.",
    "Entendu, bon pour accord.",
    "ça me va 👍",
    "👍",
    "Je suis d'accord, transmettez svp",
    "C est ok pour transmission",
    "Aucune objection.",
    "J'approuve la réponse d'Aïcha.",
    "bjr, c ok pr moi\n\ncdt",
    "Lu et approuvé",
    "Nickel, on envoie.",
    "Bonjour, la réponse est complète et exacte. Je la valide.",
    "Pardon pour le délai, j'étais en rendez-vous. C'est bon pour moi.",
    "Je valide sans réserve.\n\nMaïté Martin\nExpert-comptable\nCabinet Etcheverry & Associés\n05 59 86 85 95",
    "Okay merci\n\nTéléchargez Outlook pour Android",
    "La réponse d'Aïcha me convient parfaitement, merci de la transmettre à l'ASSAPROL.",
)

SENDS_BACK = (
    ("Non : il manque la facture de décembre.", "la facture de décembre"),
    ("non", ""),
    ("A revoir", ""),
    ("Merci de compléter avec le détail du compte 6256.", "le détail du compte 6256"),
    ("pas d'accord, le montant est faux", "le montant est faux"),
    ("Je ne valide pas. La quittance de janvier n'est pas la bonne.", "La quittance de janvier n'est pas la bonne"),
    ("NON IL FAUT JOINDRE LE TABLEAU D'AMORTISSEMENT", "LE TABLEAU D'AMORTISSEMENT"),
    ("A refaire svp, les chiffres ne correspondent pas à la 2035", "les chiffres ne correspondent pas à la 2035"),
    ("Renvoyer à Aïcha : préciser à quoi correspondent les 3 625 €.", "préciser à quoi correspondent les 3 625 €"),
    (
        "Bonjour,\n\nNon, la réponse est incomplète. Merci d'ajouter le détail par mois.\n\nCordialement",
        "Merci d'ajouter le détail par mois",
    ),
    ("je refuse, ce n'est pas ce que demande l'OGA", "ce n'est pas ce que demande l'OGA"),
    ("Merci de revoir la réponse, le total ne tombe pas juste.", "le total ne tombe pas juste"),
    ("Pas ok, il manque l attestation", "il manque l attestation"),
    ("Aïcha, merci de corriger le montant : 11 620 et non 11 260.", "corriger le montant : 11 620 et non 11 260"),
    ("Réponse à reprendre, trop vague.", "trop vague"),
    ("Ne pas envoyer. Le relevé n'est pas le bon.", "Le relevé n'est pas le bon"),
    ("Incomplet : ajouter la ventilation par compte", "ajouter la ventilation par compte"),
    ("non pas du tout, il s'agit d'un leasing", "il s'agit d'un leasing"),
    ("À compléter, il manque le justificatif des frais de réception", "le justificatif des frais de réception"),
    ("Refusé. Revoir la partie sur les véhicules.", "Revoir la partie sur les véhicules"),
    (
        "Je ne suis pas d'accord avec cette réponse, la ligne 30 ne comprend pas la formation.",
        "la ligne 30 ne comprend pas la formation",
    ),
    ("Cela ne va pas : les honoraires ne sont pas dans ce poste.", "les honoraires ne sont pas dans ce poste"),
    (
        "merci de renvoyer à ma collaboratrice pour qu'elle ajoute les relevés bancaires",
        "qu'elle ajoute les relevés bancaires",
    ),
    ("Négatif, mauvais exercice !", "mauvais exercice"),
    (
        "Bonjour Mireille, je vous demande de ne pas transmettre cette réponse : le détail joint concerne 2024.\n"
        "Bien cordialement,\nMaïté Martin\n\nEnvoyé depuis mon mobile",
        "le détail joint concerne 2024",
    ),
    ("Non validé, manque le détail du 6063", "manque le détail du 6063"),
    ("la reponse est a completer par le nombre de km", "le nombre de km"),
    ("Il faut refaire le calcul, l'écart est de 300 et pas de 250.", "l'écart est de 300 et pas de 250"),
    ("Pas bon. Reprendre avec les montants TTC.", "Reprendre avec les montants TTC"),
    ("Retour à l'envoyeur, il manque la moitié des pièces.", "il manque la moitié des pièces"),
)

NOTHING = (
    "OK mais il faut corriger le montant avant.",
    "je regarde demain",
    "presque bon",
    "Oui si la facture est bien celle de 2025.",
    "Merci\n\nEnvoyé de mon iPhone",
    "Bon pour envoi une fois le montant corrigé.",
    "OK pour la question 1.",
    "C'est ok pour le rendez-vous de jeudi.",
    "A-t-on bien la quittance de février ?",
    "Je ne dis pas non.",
    "Pourquoi pas",
    "Aïcha, peux-tu vérifier avec le client et revenir vers moi ?",
    "Oui sous réserve de l'accord de la cliente.",
    "ok je pense, à confirmer",
    "Bien reçu, merci.",
    "Bravo, super travail, 34 % de divers et personne ne tique…",
    "Je ne peux pas valider depuis mon téléphone, je le fais ce soir.",
    "oui et non",
    "Validation en attente du retour client.",
    "Ok pour le principe, je veux revoir la pièce",
    "Je valide lundi au bureau.",
    "Ça a l'air bon.",
    "Pour info, je suis en congés jusqu'au 5, voir avec Élise.",
    "ok ?",
    "Je n'ai pas encore validé, un instant",
    "Vous avez mon accord dès que la décennale est jointe.",
    "Je ne vois pas d'objection, sauf pour le leasing.",
    "OK pour moi côté social. Pour le fiscal je laisse Élise voir.",
    "Pas mal !",
    "Je transfère à Élise qui suit le dossier, qu'elle valide.",
)

SENTENCES: tuple[Said, ...] = (
    *(Said(text, "approve") for text in APPROVALS),
    *(Said(text, "send_back", told) for text, told in SENDS_BACK),
    *(Said(text, None) for text in NOTHING),
)
