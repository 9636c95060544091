"""The guards' memory of questions, under keyed hashes; orders that stop and lift."""

import sqlalchemy as sa
from alembic import op

revision = "0004_guards"
down_revision = "0003_history"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asked",
        sa.Column("batch_id", sa.String(64), primary_key=True),
        sa.Column("row", sa.Integer, primary_key=True),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("door", sa.BigInteger, nullable=False),
        sa.Column("content", sa.BigInteger, nullable=False),
        sa.Column("probe", sa.Boolean, nullable=False),
    )
    op.create_index("asked_person", "asked", ["person"])
    op.create_index("asked_door", "asked", ["door"])
    op.create_index("asked_content", "asked", ["content"])
    op.create_table(
        "asked_file",
        sa.Column("batch_id", sa.String(64), primary_key=True),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.Column("probes", sa.Integer, nullable=False),
    )
    op.create_table(
        "standing_order",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("order_digest", sa.String, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("second", sa.String, nullable=False),
        sa.Column("entered_at", sa.String, nullable=False),
        sa.Column("entry_index", sa.Integer, nullable=False),
    )
