"""Long deployments, and incidents by their end, are found through indexes."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0063_timeline"
down_revision = "0062_views"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
