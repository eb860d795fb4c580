"""What people meet the program by: the terminal, Slack, Discord, pages over HTTP. All rules are those of `bot`."""
