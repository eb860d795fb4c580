"""The tables' history, for Alembic. A version that was released is never changed."""
