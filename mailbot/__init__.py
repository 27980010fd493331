"""mailbot: the questions of an *organisme de gestion*, asked and answered by ordinary email."""

__version__ = "0.1.0"
