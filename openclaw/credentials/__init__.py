"""Credentials: what a secret looks like, how it is stored, whether it is healthy, and which one is used."""
