"""Slack: events to questions, replies to messages of Block Kit."""
