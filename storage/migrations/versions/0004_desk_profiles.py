"""What a desk says of itself to sources: its city, its subject, the languages it reads."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COLUMNS = ("city", "subject", "languages")


def upgrade() -> None:
    """Add the columns; no desk says anything yet."""
    for name in COLUMNS:
        op.add_column("desks", sa.Column(name, sa.Text))


def downgrade() -> None:
    """Remove them."""
    for name in COLUMNS:
        op.drop_column("desks", name)
