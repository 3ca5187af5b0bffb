"""Accounts: recovery codes, and the throttle in a table that has a row for nobody too.

Every refused log-in changes exactly one row of `log_in_waits`, so that none costs less than
another; where nothing is counted, it is the row of nobody.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two tables and move the throttle's columns into theirs."""
    owner = sa.ForeignKey("reviewers.id", ondelete="CASCADE")
    op.create_table(
        "recovery_codes",
        sa.Column("reviewer", sa.Text, owner, primary_key=True),
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_in_waits",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("failures", sa.BigInteger, nullable=False),
        sa.Column("retry_at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO log_in_waits SELECT id, failures, retry_at FROM reviewers")
    op.execute("INSERT INTO log_in_waits VALUES ('00000000000000000000000000000000', 0, 0)")
    # Not by Alembic's batches: a copied table would lose its WITHOUT ROWID.
    op.execute("ALTER TABLE reviewers DROP COLUMN failures")
    op.execute("ALTER TABLE reviewers DROP COLUMN retry_at")


def downgrade() -> None:
    """Bring the columns back; recovery codes are lost."""
    for column in ("failures", "retry_at"):
        op.execute(f"ALTER TABLE reviewers ADD COLUMN {column} BIGINT NOT NULL DEFAULT 0")
    op.drop_table("log_in_waits")
    op.drop_table("recovery_codes")
