"""The commands of `analects`, each a function: its arguments, its help, and what it calls."""
