"""Environment files, the layers of the environment and their precedence, and what the daemon sees of them."""
