"""Brings the tables of a database to this version's. A new database gets them as `tables` declares them; an older one is migrated.

Alembic is imported only to migrate: most starts find the tables up to date.
"""

from functools import cache
from importlib import resources

from sqlalchemy import Connection, inspect, text

from bot.state.claims import NEWER, StateError
from bot.state.database.tables import metadata
from bot.state.migrations import LOCK


@cache
def known_versions() -> frozenset[str]:
    """The versions of the tables that this program can migrate from, as Alembic names them: "0008"."""
    files = (resources.files("bot.state.migrations") / "versions").iterdir()
    return frozenset(file.name.partition("_")[0] for file in files if file.name[:1].isdigit())


def update_tables(connection: Connection) -> None:
    """Creates or migrates the tables, within the transaction of the connection.

    Of processes that start at once one does it and the others wait. Raises SQLAlchemyError, or StateError if a newer version
    wrote the database.
    """
    newest = max(known_versions())
    if _version(connection) == newest:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    version = _version(connection)
    if version is None:
        metadata.create_all(connection, checkfirst=False)
        connection.execute(
            text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        )
        connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": newest})
    elif version != newest:
        _migrate(connection)


def _version(connection: Connection) -> str | None:
    """None for a database without our tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "bot.state:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:  # it does not know the version
        raise StateError(NEWER) from None
