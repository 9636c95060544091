"""The guards' memory: requests per engaged officer, batch and day, under keyed hashes."""

import sqlalchemy as sa
from alembic import op

revision = "0003_history"
down_revision = "0002_batches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "caseload",
        sa.Column("officer_hash", sa.LargeBinary(16), nullable=False),
        sa.Column("batch_id", sa.String(64), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("officer_hash", "batch_id"),
    )
    op.create_index("caseload_day", "caseload", ["day"])
