"""Scenarios on Slack: the real bot against a workspace on loopback. Each file is named for what a person did."""
