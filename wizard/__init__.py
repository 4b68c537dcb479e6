"""`openclaw onboard`: a fold over answers that ends in a plan."""
