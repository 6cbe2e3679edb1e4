"""Operations that are unfinished, and what to run."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0018_unfinished"
down_revision = "0017_runs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop the table."""
    run_migration(revision, "down")
