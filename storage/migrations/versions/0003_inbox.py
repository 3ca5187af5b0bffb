"""The inbox: what is answered, how long desks keep, quotas, standard answers, the history.

Columns are added and no table is made anew: to drop `deliveries` would take the envelopes along.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns, indexes and tables; mark what the stored replies answer."""
    for name in ("keep_collected_days", "keep_days", "day_quota"):
        op.add_column("desks", sa.Column(name, sa.BigInteger))
    op.add_column("deliveries", sa.Column("answered", sa.Boolean))
    op.create_index("deliveries_nonce", "deliveries", ["nonce"])
    _mark_answered()
    op.create_index(
        "deliveries_answered",
        "deliveries",
        ["desk", "day", "id"],
        sqlite_where=sa.text("answered = 1"),
        postgresql_where=sa.text("answered"),
    )
    _answers()
    _history()


def downgrade() -> None:
    """Remove what was added."""
    for table in ("history", "history_head", "standard_answers"):
        op.drop_table(table)
    op.drop_index("deliveries_answered", "deliveries")
    op.drop_index("deliveries_nonce", "deliveries")
    op.drop_column("deliveries", "answered")
    for name in ("keep_collected_days", "keep_days", "day_quota"):
        op.drop_column("desks", name)


def _mark_answered() -> None:
    replies = sa.table("replies", sa.column("nonce", sa.LargeBinary))
    deliveries = sa.table("deliveries", sa.column("answered", sa.Boolean), sa.column("nonce"))
    replied = sa.select(replies.c.nonce)
    marked = sa.update(deliveries).where(deliveries.c.nonce.in_(replied))
    op.execute(marked.values(answered=sa.true()))


def _answers() -> None:
    op.create_table(
        "standard_answers",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("desk", sa.Text, sa.ForeignKey("desks.slug"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("title", "french", "english")),
        sqlite_with_rowid=False,
    )
    op.create_index("standard_answers_desk", "standard_answers", ["desk"])


def _history() -> None:
    op.create_table(
        "history",
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sa.Column("previous", sa.LargeBinary, unique=True, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("deed", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("who", "desk", "about")),
        sa.Column("number", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "history_head",
        sa.Column("chain", sa.Text, primary_key=True),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("seal", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
