"""Turns what arrives (messages, commands, presses) into requests to the bot."""
