"""How people see a message: blocks, mrkdwn, rich text."""
