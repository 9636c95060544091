"""Law files as batches were judged under; accounting that outlives a batch's rows; orders over one
batch."""

import sqlalchemy as sa
from alembic import op

revision = "0005_evidence"
down_revision = "0004_guards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_law",
        sa.Column("rules", sa.String, primary_key=True),
        sa.Column("files", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "accounting",
        sa.Column("batch_id", sa.String, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("row_count", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "batch_order",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("batch_id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("order_digest", sa.String, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("second", sa.String, nullable=False),
        sa.Column("until", sa.String, nullable=False),
        sa.Column("entered_at", sa.String, nullable=False),
        sa.Column("entry_index", sa.Integer, nullable=False),
    )
    op.create_index("batch_order_batch", "batch_order", ["batch_id"])
