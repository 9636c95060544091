"""Incidents and their clock."""

import sqlalchemy as sa
from alembic import op

revision = "0007_incident"
down_revision = "0006_cosigned"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incident",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("class", sa.String, nullable=False),
        sa.Column("found_at", sa.String, nullable=False),
        sa.Column("opened_at", sa.String, nullable=False),
        sa.Column("batch", sa.String, nullable=False),
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("entry_index", sa.Integer, nullable=False),
        sa.Column("reported_at", sa.String, nullable=False),
        sa.Column("closed_at", sa.String, nullable=False),
    )
