"""The people, dossiers and answers that the sample letters are about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mailbot.domain.model import Answer, Channel, Dossier, File, Firm, Person, Right, Role
from mailbot.domain.model import Verdict as V
from mailbot.letters.scene import Oga

AT = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)
LATER = AT + timedelta(hours=17)
ADDRESS = "eccv+caaaaaamolhm4kwjpx5fjzmmq4@assaprol.example"
PAGE = "https://eccv.assaprol.example/v/daaaaaafe7gxlvkpdcpudmaau4"

OGA = Oga(
    name="ASSAPROL",
    footer="ASSAPROL, association régie par la loi du 1er juillet 1901",
    phone="05 36 49 12 00",
    website="www.assaprol.example",
    bot="eccv@assaprol.example",
    timezone=ZoneInfo("Europe/Paris"),
)
FIRM = Firm(1, "C01", "Cabinet Etcheverry & Associés")
AICHA = Person(1, "a.dubois@etcheverry.example", "Aïcha Dubois", Role.COLLABORATOR, FIRM, frozenset({Right.ANSWER}))
ELISE = Person(2, "e.larralde@etcheverry.example", "Élise Larralde", Role.COLLABORATOR, FIRM, AICHA.rights)
MAITE = Person(3, "m.martin@etcheverry.example", "Maïté Martin", Role.EXPERT, FIRM)
MIREILLE = Person(4, "m.anguelu@assaprol.example", "Mireille Anguelu", Role.STAFF)
NADEGE = Person(5, "nadege@duhalde.example", "Nadège Duhalde", Role.MEMBER)

DOSSIER = Dossier(
    1, "D0009", "Zoé Etchegoyen", "géomètre-expert", FIRM, MAITE, MIREILLE, (AICHA, ELISE), firm_reference="411ETCH09"
)
ALONE = Dossier(2, "D0089", "Nadège Duhalde", "avocat", None, NADEGE, MIREILLE)

PDF = File("Detail-comptes-ligne-30.pdf", "application/pdf", 188_000, "0" * 64, "2")
SCRIPTED = File("Relevé.pdf", "application/pdf", 65_000, "4" * 64, "5", verdict=V.REFUSED, why="active")
UNSAFE = File("Relevé.pdf", "application/pdf", 65_000, "2" * 64, "3", verdict=V.DISGUISED, why="disguised")
MACRO = File("Honoraires-2025.xlsm", "application/x", 65_000, "1" * 64, "3", verdict=V.REFUSED, why="type")
SIGNATURE = "Aïcha Dubois\nCabinet Etcheverry & Associés\n12 rue des Arènes, 64100 Bayonne\n05 59 86 85 95"
WORDS = (
    "Bonjour,\n\nLa ligne 30 regroupe trois comptes : logiciels et abonnements de topographie 9 840 €, assurance RC "
    "professionnelle et décennale 11 260 €, formation et documentation 3 625 €.\n\nLa décennale a augmenté en 2025 "
    "(nouveau chantier). Le détail est joint."
)
FIRST = Answer(1, 1, WORDS, WORDS, SIGNATURE, AICHA, Channel.MAIL, AT, (PDF,), id=1)
MORE = "L'avenant de l'assureur est joint également."
SECOND = replace(FIRST, version=2, text=f"{WORDS}\n\n{MORE}", added=MORE, set_aside="", at=LATER, id=2)
AMENDED = replace(SECOND, by=MAITE, approved_by=MAITE, approved_at=LATER)
