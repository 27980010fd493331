"""Mail that waits for a person's word, and who goes on with it."""
