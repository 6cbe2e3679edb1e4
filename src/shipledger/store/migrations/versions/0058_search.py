"""What a search finds."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0058_search"
down_revision = "0057_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, which the new rules of folding fill."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
