"""Old heads: what an envelope was sealed with before it was re-wrapped, kept aside for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    kinds = sa.Enum(
        *("letter", "files"),
        name="envelopekind",
        native_enum=False,
        create_constraint=True,
        length=16,
    )
    op.create_table(
        "old_heads",
        sa.Column(
            "delivery",
            sa.Text,
            sa.ForeignKey("deliveries.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("kind", kinds, primary_key=True),
        sa.Column("key_set", sa.Text, sa.ForeignKey("key_sets.id"), nullable=False),
        sa.Column("head_sha256", sa.LargeBinary, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Remove it, and with it the way back to the old keys."""
    op.drop_table("old_heads")
