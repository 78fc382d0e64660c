"""Run the migrations on the connection that `asbuilt.store.database` holds, inside its transaction."""

from alembic import context

from asbuilt.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite can, where the driver does not commit behind our back; see database.py
)
with context.begin_transaction():
    context.run_migrations()
