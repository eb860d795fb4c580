"""Several digests in a channel, each with a name; what comes less often or never; snoozed highlights.

The key of a table cannot be changed in SQLite, so the digests are copied.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_COLUMNS = "place, scope, person, every, at, zone, weekday, highlights, kind, value, since, first, refused"


def upgrade() -> None:
    op.create_table("digests_named", *_columns(named=True))
    op.execute(
        f"INSERT INTO digests_named ({_COLUMNS}, name_key, name, less, never) "  # noqa: S608
        f"SELECT {_COLUMNS}, 'main', 'main', '', '' FROM digests"
    )
    op.drop_table("digests")
    op.rename_table("digests_named", "digests")
    op.add_column("shown", sa.Column("snoozed", sa.Float, nullable=False, server_default="0"))


def downgrade() -> None:
    op.create_table("digests_one", *_columns(named=False))
    op.execute(
        f"INSERT INTO digests_one ({_COLUMNS}) SELECT {_COLUMNS} FROM digests WHERE name_key = 'main'"  # noqa: S608
    )
    op.drop_table("digests")
    op.rename_table("digests_one", "digests")
    with op.batch_alter_table("shown") as shown:
        shown.drop_column("snoozed")


def _columns(named: bool) -> list[sa.Column[object]]:
    columns: list[sa.Column[object]] = [sa.Column("place", sa.String(255), primary_key=True)]
    if named:
        columns += [
            sa.Column("name_key", sa.String(64), primary_key=True),
            sa.Column("name", sa.String(64), nullable=False),
            sa.Column("less", sa.Text, nullable=False),
            sa.Column("never", sa.Text, nullable=False),
        ]
    return [
        *columns,
        sa.Column("scope", sa.String(255), nullable=False),
        sa.Column("person", sa.String(255), nullable=False),
        sa.Column("every", sa.String(8), nullable=False),
        sa.Column("at", sa.String(5), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("weekday", sa.Integer),
        sa.Column("highlights", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(8)),
        sa.Column("value", sa.Text),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("first", sa.String(10), nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
    ]
