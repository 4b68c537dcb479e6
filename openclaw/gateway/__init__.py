"""The running gateway: where it should answer, and whether it does."""
