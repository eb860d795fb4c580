"""Tests of the Slack server itself, with the real slack-sdk and slack-bolt."""
