"""From words to what is wanted: nothing here knows a database."""
