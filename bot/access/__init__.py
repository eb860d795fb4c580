"""Who is answered, where and how often. It knows no platform by name."""
