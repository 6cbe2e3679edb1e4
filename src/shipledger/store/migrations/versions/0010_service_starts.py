"""Lists of a service's deployments go by their start."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0010_service_starts"
down_revision = "0009_issues"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and its index."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
