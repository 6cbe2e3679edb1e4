"""People sign in."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0048_people"
down_revision = "0047_repositories"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
