"""The ledger's authenticated head (ledger/head.py), and the digests of the rows that give authority
(database/remembered.py). Both are empty until the office is next opened with its key.

A batch counts how often it was determined anew, and a chunk how many openings were entered for it:
-1 where an older version entered them and kept no number."""

import sqlalchemy as sa
from alembic import op

revision = "0019_heads"
down_revision = "0018_accounting_records"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_head",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("time", sa.String(20), nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "remembered",
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("bucket", sa.Integer, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("entry_index", sa.BigInteger, nullable=False),
        sa.Column("value", sa.String, nullable=False),
    )
    op.create_index("remembered_bucket", "remembered", ["bucket"])
    op.add_column("batch", sa.Column("round", sa.Integer, nullable=False, server_default="0"))
    op.add_column("chunk", sa.Column("openings", sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE chunk SET openings = -1 WHERE opened")
