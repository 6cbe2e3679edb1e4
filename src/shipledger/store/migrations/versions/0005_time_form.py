"""How answers to a credential write times."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0005_time_form"
down_revision = "0004_commits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop it and all that is in it."""
    run_migration(revision, "down")
