"""Model providers: what they are called, which variables and keys are theirs, and where a key is made."""
