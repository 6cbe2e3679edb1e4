"""Who issues and revokes credentials has entries."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0055_issuances"
down_revision = "0054_ignoring"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
