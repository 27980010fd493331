"""The steps in order. The only layer that opens transactions."""
