"""What Slack is given to show: buttons, messages, the App Home, the manifest."""
