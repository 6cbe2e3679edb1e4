"""Tombstones of what was erased, and who sent commits."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0008_erasure"
down_revision = "0007_connect_lifecycle"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them and all that is in them."""
    run_migration(revision, "down")
