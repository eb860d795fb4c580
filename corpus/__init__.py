"""Notes on disk to sources and highlights. Knows nothing of questions or platforms."""
