"""Alembic's migrations; `storage.schema` runs them, and no alembic.ini is needed."""
