"""What services that gather highlights export, and what their plugins write: Readwise, Hypothesis, Snipd, and others."""
