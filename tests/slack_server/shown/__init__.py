"""What people see of a message: blocks, mrkdwn, rich text."""
