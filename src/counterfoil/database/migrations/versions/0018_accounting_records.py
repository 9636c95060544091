"""The permanent accounting: of each closed batch what its records share, and its records."""

import sqlalchemy as sa
from alembic import op

revision = "0018_accounting_records"
down_revision = "0017_asked"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounting_batch",
        sa.Column("batch_id", sa.String, primary_key=True),
        sa.Column("entry_index", sa.BigInteger, nullable=False),
        sa.Column("row_count", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "accounting_record",
        sa.Column("batch_id", sa.String, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("row_count", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
