"""Holds of 26 USC 6103(i)(6)."""

import sqlalchemy as sa
from alembic import op

revision = "0011_holds"
down_revision = "0010_canaries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disclosure_hold",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("marks", sa.LargeBinary, nullable=False),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("second", sa.String, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("entered_at", sa.String, nullable=False),
        sa.Column("entry_index", sa.Integer, nullable=False),
        sa.Column("lift_officer", sa.String, nullable=False),
        sa.Column("lift_second", sa.String, nullable=False),
        sa.Column("lift_salt", sa.LargeBinary, nullable=False),
        sa.Column("lifted_at", sa.String, nullable=False),
        sa.Column("lift_index", sa.Integer, nullable=True),
    )
