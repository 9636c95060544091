"""Keyed hashes of the register's canaries."""

import sqlalchemy as sa
from alembic import op

revision = "0010_canaries"
down_revision = "0009_scopes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "canary",
        sa.Column("snapshot", sa.String(64), primary_key=True),
        sa.Column("door", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("record", sa.BigInteger, nullable=False),
    )
