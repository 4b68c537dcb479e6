"""The foundation: an OpenClaw installation's state, read and changed safely."""

__version__ = "0.1.0"
