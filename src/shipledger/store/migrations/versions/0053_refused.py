"""Requests that were refused leave a trace."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0053_refused"
down_revision = "0052_person_seen"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
