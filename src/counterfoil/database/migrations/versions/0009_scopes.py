"""A suspension has a reach; those before were of the whole office."""

import sqlalchemy as sa
from alembic import op

revision = "0009_scopes"
down_revision = "0008_roles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "standing_order", sa.Column("reach", sa.String, nullable=False, server_default="office")
    )
