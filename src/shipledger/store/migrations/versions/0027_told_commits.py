"""What senders tell of commits without sending them."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0027_told_commits"
down_revision = "0026_gates_that_wait"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them, and the commits that were only told."""
    run_migration(revision, "down")
