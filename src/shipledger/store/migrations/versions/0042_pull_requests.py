"""Pull requests."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0042_pull_requests"
down_revision = "0041_services"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create their tables."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
