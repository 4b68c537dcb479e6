"""What ACME wants of its OpenClaw hosts."""

PROXY = "http://proxy.acme.example:3128"
