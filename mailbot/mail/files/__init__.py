"""Says what a file is by its bytes, and what is dangerous in it, without unpacking anything."""
