"""What runs of each service in each environment."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0037_lanes"
down_revision = "0036_tombstones"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, which the new rules of folding fill."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop it."""
    run_migration(revision, "down")
