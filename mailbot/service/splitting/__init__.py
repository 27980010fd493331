"""Takes one reply to a letter with several items apart: which part, and which file, is about which item. Pure."""
