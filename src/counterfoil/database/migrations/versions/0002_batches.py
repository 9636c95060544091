"""Officers, batches and their sealed chunks."""

import sqlalchemy as sa
from alembic import op

revision = "0002_batches"
down_revision = "0001_ledger"


def upgrade() -> None:
    op.create_table(
        "office_officer",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("vkey", sa.String, nullable=False, unique=True),
        sa.Column("public_key", sa.String, nullable=False, unique=True),
        sa.Column("enrolled_at", sa.String, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("held_from", sa.String, nullable=False),
        sa.Column("identity", sa.String, nullable=False, unique=True),
        sa.Column("file_digest", sa.String, nullable=False),
        sa.Column("agreement", sa.String, nullable=False),
        sa.Column("agreement_digest", sa.String, nullable=False),
        sa.Column("rules_digest", sa.String, nullable=False),
        sa.Column("snapshot", sa.String, nullable=False),
        sa.Column("header", sa.JSON, nullable=False),
        sa.Column("received_at", sa.String, nullable=False),
        sa.Column("gate_date", sa.String, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=True),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("determinations_digest", sa.String, nullable=False),
        sa.Column("first_officer", sa.String, nullable=False),
        sa.Column("first_signature", sa.String, nullable=False),
        sa.Column("second_officer", sa.String, nullable=False),
        sa.Column("second_signature", sa.String, nullable=False),
        sa.Column("released_at", sa.String, nullable=False),
        sa.Column("release_index", sa.Integer, nullable=True),
    )
    op.create_table(
        "chunk",
        sa.Column("batch_id", sa.String, sa.ForeignKey("batch.id"), primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("row_count", sa.Integer, nullable=False),
        sa.Column("opened", sa.Boolean, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
