"""From a question to an answer: evidence, fusion, the decision to refuse, excerpts, quotes and lists. It knows no chat and
no platform."""
