"""Asking providers about credentials: which ones, what they said, and what of it is kept."""
