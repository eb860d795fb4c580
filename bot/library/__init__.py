"""The current library and index together, and their reload when notes change. It knows no chat."""
