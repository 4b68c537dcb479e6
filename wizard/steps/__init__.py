"""One module per step: a function from answers and facts to its question, or None where it has none to ask."""
