"""What people write and what they read: requests, replies, commands and all wording. It posts nothing."""
