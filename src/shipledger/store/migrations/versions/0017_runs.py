"""Names that runs share carry the start."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0017_runs"
down_revision = "0016_two_times"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Fill the starts."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Empty them."""
    run_migration(revision, "down")
