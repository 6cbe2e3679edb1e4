"""Who caused an entry."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0031_actors"
down_revision = "0030_commit_issues"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column for it."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop it."""
    run_migration(revision, "down")
