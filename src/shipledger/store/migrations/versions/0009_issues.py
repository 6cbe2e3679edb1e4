"""Known issues, where they are read from, what deployments may name, and further names of services."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0009_issues"
down_revision = "0008_erasure"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them and all that is in them."""
    run_migration(revision, "down")
