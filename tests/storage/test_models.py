"""What the columns may say at all: no row number, no time but the three that are needed."""

import re

from sqlalchemy import BigInteger, Boolean, Date, DateTime, LargeBinary, Text, Time

from storage.engine import Database
from storage.models import Base

TIMES = {("sessions", "expires"), ("sessions", "ends"), ("log_in_waits", "retry_at")}
NUMBERS = {
    ("envelopes", "size_class"),
    ("envelopes", "body_size"),
    ("intake_days", "bytes"),
    ("desks", "keep_collected_days"),
    ("desks", "keep_days"),
    ("desks", "day_quota"),
    ("history", "number"),
    ("log_in_waits", "failures"),
    ("reviewers", "totp_step"),  # half a minute, for five minutes: see reviewers.forget_times
}


def test_no_table_numbers_its_rows(sqlite_db: Database) -> None:
    with sqlite_db.read() as s:
        tables = s.connection().exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        )
        with_rowid = {name for name, sql in tables if not sql.rstrip().endswith("WITHOUT ROWID")}
    assert with_rowid == {"alembic_version"}  # Alembic's own; it has one row


def test_no_column_counts_by_itself() -> None:
    columns = [column for table in Base.metadata.tables.values() for column in table.columns]
    assert columns
    assert not [column for column in columns if column.autoincrement is True]
    assert not [column for column in columns if column.default and column.default.is_callable]
    assert not [column for column in columns if column.server_default]


def test_dates_are_days_and_no_other_number_is_a_time() -> None:
    columns = {
        (table.name, column.name): column.type
        for table in Base.metadata.tables.values()
        for column in table.columns
    }
    assert not [at for at, kind in columns.items() if isinstance(kind, DateTime | Time)]
    whole = {at for at, kind in columns.items() if isinstance(kind, BigInteger)}
    assert whole == TIMES | NUMBERS
    plain = BigInteger | Boolean | Date | LargeBinary | Text
    enums = {at for at, kind in columns.items() if not isinstance(kind, plain)}
    assert {column for _, column in enums} == {"kind", "state"}


def test_no_table_of_sources() -> None:
    assert not [name for name in Base.metadata.tables if re.search("source|codename|thread", name)]
    columns = {column.name for table in Base.metadata.tables.values() for column in table.columns}
    assert not [name for name in columns if re.search("source|codename|thread|root", name)]
