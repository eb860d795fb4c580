"""What the server sends to the app: by Socket Mode, over HTTP, and to its response_urls."""
