"""How Alembic runs here: on the connection that it is handed, inside its transaction."""

from alembic import context
from sqlalchemy import Connection, text

from bot.state.migrations import LOCK

connection: Connection = context.config.attributes["connection"]
if connection.dialect.name == "sqlite":
    connection.exec_driver_sql("BEGIN IMMEDIATE")
if connection.dialect.name == "postgresql":
    connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
