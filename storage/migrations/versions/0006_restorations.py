"""Restorations: what a server that came back from a backup still has to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "restorations",
        sa.Column("desk", sa.Text, sa.ForeignKey("desks.slug"), primary_key=True),
        sa.Column("backed_up", sa.Date, nullable=False),
        sa.Column("restored", sa.Date, nullable=False),
        sa.Column("answered", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "restored_bundles",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("desk", sa.Text, sa.ForeignKey("desks.slug"), nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Remove them; a restored server then no longer says that it is one."""
    op.drop_table("restored_bundles")
    op.drop_table("restorations")
