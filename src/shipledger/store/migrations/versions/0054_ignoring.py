"""An organization leaves names out of its inbox."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0054_ignoring"
down_revision = "0053_refused"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, and an index."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
