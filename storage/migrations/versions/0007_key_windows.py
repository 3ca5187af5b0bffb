"""Windows of desk keys: the subkeys of a calendar, each with the days on which it is sealed to."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table. Keys that are there go on as keys without a calendar."""
    op.create_table(
        "desk_key_windows",
        sa.Column("desk", sa.Text, sa.ForeignKey("desks.slug"), primary_key=True),
        sa.Column("subkey", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("begins", sa.Date, nullable=False),
        sa.Column("ends", sa.Date),
        sa.Column("armored", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Remove it. Keys with a calendar are then sealed to as gpg chooses: the newest valid."""
    op.drop_table("desk_key_windows")
