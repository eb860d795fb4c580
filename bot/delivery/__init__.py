"""What a platform is, and how a reply is posted, retried and looked up. It knows no platform by name."""
