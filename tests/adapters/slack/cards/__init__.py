"""Rendering for Slack: buttons, messages, the App Home, the manifest."""
