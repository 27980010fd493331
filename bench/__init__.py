"""Measures mailbot: `make bench`."""
