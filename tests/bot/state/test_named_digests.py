"""Digests from before the version with names are kept under the name "main"."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

MIGRATIONS = Path(__file__).parents[3] / "bot" / "state" / "migrations"


def test_a_digest_from_an_older_version_keeps_its_plan(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'state.sqlite3'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        connection.execute(
            text(
                "INSERT INTO digests (place, scope, person, every, at, zone, weekday, highlights, kind, value, since, first, "
                "refused) VALUES ('slack:C1', 'slack:C1', '', 'weekly', '20:15', 'Europe/Berlin', 4, 3, 'by', 'Ann', 7.5, "
                "'2026-11-27', 2)"
            )
        )
        connection.execute(text("INSERT INTO shown VALUES ('slack:C1', 'h1', 3, 0, 1)"))
        connection.commit()
        command.upgrade(config, "0006")
        kept = connection.execute(text("SELECT * FROM digests")).mappings().one()
        shown = connection.execute(text("SELECT * FROM shown")).mappings().one()
    engine.dispose()
    assert (kept["name"], kept["every"], kept["at"], kept["weekday"], kept["value"]) == (
        "main",
        "weekly",
        "20:15",
        4,
        "Ann",
    )
    assert (kept["less"], kept["never"], kept["refused"], kept["since"]) == ("", "", 2, 7.5)
    assert (shown["highlight"], shown["never"], shown["snoozed"]) == ("h1", 1, 0)
