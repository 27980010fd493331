"""Makes an anonymous specimen of a message: other names and figures, the same structure."""
