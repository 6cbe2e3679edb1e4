"""The issues that the messages of commits name."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0030_commit_issues"
down_revision = "0029_next_secrets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column for them."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop it."""
    run_migration(revision, "down")
