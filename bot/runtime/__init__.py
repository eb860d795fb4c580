"""The process itself: logs, health, retries, memory and abandoned files. It knows nothing of highlights or platforms."""
