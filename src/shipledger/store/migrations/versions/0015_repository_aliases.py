"""Names that repositories had before, and a way to find the services of a repository."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0015_repository_aliases"
down_revision = "0014_gates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and the index."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
