"""How alembic runs here: on a connection it is given, with the books as its target."""

from alembic import context

from backorder.db.books import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=context.config.attributes.get("batch", True),
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
