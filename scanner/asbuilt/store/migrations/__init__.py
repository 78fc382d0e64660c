"""How an older schema becomes the present one, revision after revision (Alembic)."""
