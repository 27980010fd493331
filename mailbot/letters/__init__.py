"""Our letters, pure: which event writes which letter, and how it reads."""
