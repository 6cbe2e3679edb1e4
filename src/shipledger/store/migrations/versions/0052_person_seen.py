"""It is kept when somebody was last seen."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0052_person_seen"
down_revision = "0051_personal_tokens"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop it."""
    run_migration(revision, "down")
