"""Alembic's entry point: migrations run only on the connection that `store.engine` hands over, in
one transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
