"""The first schema: desks, deliveries, replies, people, carriage, upkeep.

Constraints get their names from the models' naming convention. Columns stand as they lie in a
row: what a scan needs first, large boxes last.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create all tables."""
    _desks()
    _people()
    _deliveries()
    _replies()
    _carriage()
    _upkeep()


def downgrade() -> None:
    """Refuse: before the first schema there was nothing to go back to."""
    raise RuntimeError("there is nothing before the first schema")


def _table(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(name, *columns, sqlite_with_rowid=False)


def _key(name: str = "id") -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _day(name: str = "day") -> sa.Column[Any]:
    return sa.Column(name, sa.Date, nullable=False)


def _desk(*, key: bool = False) -> sa.Column[str]:
    return sa.Column("desk", sa.Text, sa.ForeignKey("desks.slug"), primary_key=key, nullable=False)


def _choice(column: str, name: str, *values: str, key: bool = False) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=16)
    return sa.Column(column, kind, primary_key=key, nullable=False)


def _desks() -> None:
    _table(
        "desks",
        _key("slug"),
        _text("name"),
        _choice("state", "deskstate", "open", "paused", "closed"),
    )
    _table(
        "desk_keys",
        _desk(key=True),
        _key("fingerprint"),
        _text("armored"),
        sa.Column("expires", sa.Date),
        _flag("retired"),
    )
    _table("key_sets", _key(), _desk())
    _table(
        "key_set_members",
        sa.Column("key_set", sa.Text, sa.ForeignKey("key_sets.id"), primary_key=True),
        _key("fingerprint"),
    )
    _table("station_keys", _desk(key=True), _bytes("public"))


def _people() -> None:
    _table(
        "reviewers",
        _key(),
        sa.Column("name", sa.Text, unique=True, nullable=False),
        _text("language"),
        _flag("admin"),
        _text("passphrase_hash"),
        _bytes("totp_box"),
        _whole("totp_step"),
        _whole("failures"),
        _whole("retry_at"),
    )
    owner = sa.ForeignKey("reviewers.id", ondelete="CASCADE")
    _table(
        "reviewer_desks", sa.Column("reviewer", sa.Text, owner, primary_key=True), _desk(key=True)
    )
    _table(
        "sessions",
        sa.Column("id", sa.LargeBinary, primary_key=True),
        _choice("kind", "visitor", "source", "reviewer"),
        sa.Column("reviewer", sa.Text, sa.ForeignKey("reviewers.id", ondelete="CASCADE")),
        _whole("expires"),
        _whole("ends"),
        _bytes("box"),
        sa.Column("parcel", sa.LargeBinary),
    )
    op.create_index("sessions_reviewer", "sessions", ["reviewer"])
    op.create_index("sessions_expires", "sessions", ["expires"])


def _deliveries() -> None:
    _table(
        "deliveries",
        _key(),
        _desk(),
        _day(),
        _bytes("nonce"),
        _bytes("tag"),
        _bytes("reply_key"),
        sa.Column("collected_by", sa.Text, sa.ForeignKey("reviewers.id", ondelete="SET NULL")),
        sa.Column("collected_day", sa.Date),
        _flag("starred"),
    )
    op.create_index("deliveries_all", "deliveries", ["desk", "day", "id"])
    _listing("deliveries_new", "collected_day IS NULL")
    _listing("deliveries_collected", "collected_day IS NOT NULL")
    _listing("deliveries_starred", "starred", in_sqlite="starred = 1")
    op.create_index("deliveries_test", "deliveries", ["day", "nonce", "tag", "id"])
    _table(
        "envelopes",
        sa.Column(
            "delivery",
            sa.Text,
            sa.ForeignKey("deliveries.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        _choice("kind", "envelopekind", "letter", "files", key=True),
        _whole("size_class"),
        sa.Column("key_set", sa.Text, sa.ForeignKey("key_sets.id"), nullable=False),
        sa.Column("body_blob", sa.Text, unique=True, nullable=False),
        _whole("body_size"),
        _bytes("body_sha256"),
        _bytes("head_sha256"),
        _bytes("head"),
    )


def _listing(name: str, where: str, in_sqlite: str | None = None) -> None:
    op.create_index(
        name,
        "deliveries",
        ["desk", "day", "id"],
        sqlite_where=sa.text(in_sqlite or where),
        postgresql_where=sa.text(where),
    )


def _replies() -> None:
    _table("replies", _key(), _desk(), _day(), _bytes("nonce"), _bytes("tag"), _bytes("box"))
    op.create_index("replies_test", "replies", ["day", "nonce", "tag", "id"])


def _carriage() -> None:
    _table("bundles", _key(), _desk(), _day(), _bytes("signature"), _bytes("manifest"))
    op.create_index("bundles_day", "bundles", ["day"])
    _table("couriers_taken", _key(), _desk(), _day())
    op.create_index("couriers_taken_desk", "couriers_taken", ["desk"])
    _table("items_taken", _key())
    _table(
        "quick_copies",
        _key(),
        _desk(),
        _text("delivery"),
        _day(),
        _bytes("sha256"),
        _bytes("sealed"),
    )
    op.create_index("quick_copies_desk", "quick_copies", ["desk"])
    op.create_index("quick_copies_day", "quick_copies", ["day"])


def _upkeep() -> None:
    _table(
        "queued_deletions",
        _choice("kind", "rowkind", "delivery", "reply", key=True),
        _key("target"),
    )
    _table("intake_days", sa.Column("day", sa.Date, primary_key=True), _whole("bytes"))
    _table("chores", _key("name"), _day())
