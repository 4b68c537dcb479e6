"""The ways in which questions are answered: a terminal, numbered lines, flags, a script."""
