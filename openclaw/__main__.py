"""`python -m openclaw`."""

from openclaw.cli import main

main()
