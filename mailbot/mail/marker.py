"""The line above which people write: letters carry it, and reply extraction cuts at it."""

MARKER = "——— Répondez au-dessus de cette ligne ———"
