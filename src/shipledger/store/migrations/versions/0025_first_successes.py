"""The first success of each deployment."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0025_first_successes"
down_revision = "0024_signs_of_life"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column for it."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop it."""
    run_migration(revision, "down")
