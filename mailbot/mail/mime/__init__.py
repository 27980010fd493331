"""Takes a message apart: parts, transfer encodings, charsets, names, what lies packed inside, and the limits of it."""
