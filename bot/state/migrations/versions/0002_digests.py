"""Digests, and what was shown."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "digests",
        sa.Column("place", sa.String(255), primary_key=True),
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
    )
    op.create_table(
        "digest_posts",
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("place", sa.String(255), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("message", sa.String(255), nullable=False),
        sa.Column("picks", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
    )
    op.create_index("ix_digest_posts_place", "digest_posts", ["place"])
    op.create_index("ix_digest_posts_at", "digest_posts", ["at"])
    op.create_table(
        "scopes",
        sa.Column("scope", sa.String(255), primary_key=True),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("used", sa.Float, nullable=False),
    )
    op.create_table(
        "rounds",
        sa.Column("scope", sa.String(255), primary_key=True),
        sa.Column("only", sa.String(255), primary_key=True),
        sa.Column("began", sa.Integer, nullable=False),
    )
    op.create_table(
        "shown",
        sa.Column("scope", sa.String(255), primary_key=True),
        sa.Column("highlight", sa.String(255), primary_key=True),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("kept", sa.Boolean, nullable=False),
        sa.Column("never", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    for table in ("shown", "rounds", "scopes", "digest_posts", "digests"):
        op.drop_table(table)
