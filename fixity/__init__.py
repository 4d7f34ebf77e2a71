"""Digests and checks of bytes. Knows no database."""
