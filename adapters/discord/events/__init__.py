"""What arrives: messages, commands and presses, as requests to the bot."""
