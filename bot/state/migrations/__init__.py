"""The tables' history, for Alembic. A version that was released is never changed."""

LOCK = 0x616E616C
"""PostgreSQL's advisory lock, so that replicas that start at once migrate one after the other; SQLite has its own."""
