"""The ways to reach the program: the terminal, Slack, Discord and pages over HTTP. All rules are in `bot`."""
