"""Run by Alembic: apply migrations over the connection that ``migrate.py`` hands over, in one transaction."""
# ruff: noqa: INP001  Alembic runs this file by its path

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
