"""Indexes by which lists find a commit and an environment's name."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0033_listing"
down_revision = "0032_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
