"""Questions of the last minute, which replicas count together."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "asked",
        sa.Column("name", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("event", sa.String(255), primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("ix_asked_at", "asked", ["at"])


def downgrade() -> None:
    op.drop_table("asked")
