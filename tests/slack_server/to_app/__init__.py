"""Delivery to the app by Socket Mode or over HTTP, and the response_urls for its answers."""
