"""Changes to an installation: files that are replaced whole, and the lock that OpenClaw respects."""
