"""The Slack server of the tests, proved with the real slack-sdk and slack-bolt."""
