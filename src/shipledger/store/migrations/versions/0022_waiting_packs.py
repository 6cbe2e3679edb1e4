"""Git packs wait by organization."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0022_waiting_packs"
down_revision = "0021_installation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Order what waits by organization."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Order it by age alone."""
    run_migration(revision, "down")
