"""Where issues stand, whatever the count of their deployments."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0035_issue_standings"
down_revision = "0034_commit_graph"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, which the new rules of folding fill, and put what names issues in the order of time."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop it."""
    run_migration(revision, "down")
