"""The database. SQL lives in this folder only."""
