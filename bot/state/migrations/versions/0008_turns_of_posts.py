"""Highlights take their turns when their post begins, not when it is recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("digest_posts", sa.Column("turn", sa.Integer))
    op.add_column("digest_posts", sa.Column("only", sa.String(255)))
    op.add_column("digest_posts", sa.Column("began", sa.Integer))


def downgrade() -> None:
    with op.batch_alter_table("digest_posts") as posts:
        for column in ("turn", "only", "began"):
            posts.drop_column(column)
