"""What all tables share: the naming of constraints, the types of columns, no row numbers."""

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, Date, Enum, LargeBinary, MetaData, Text
from sqlalchemy.orm import DeclarativeBase

# A rowid counts arrivals, and VACUUM keeps it: no table of ours has one.
WITHOUT_ROWID = {"sqlite_with_rowid": False}

_NAMES = {
    "ix": "%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of all mapped classes; they hold columns, and queries live beside them."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain class attribute
        str: Text,
        bytes: LargeBinary,
        int: BigInteger,
        date: Date,
    }


def choice(of: type[StrEnum]) -> Enum:
    """Return the column type of an enumeration: its values as text, checked by the database."""
    return Enum(
        of,
        native_enum=False,
        create_constraint=True,
        length=16,
        values_callable=lambda members: [member.value for member in members],
        name=of.__name__.lower(),
    )
