"""The one error of the store."""

from __future__ import annotations


class StoreError(Exception):
    """The store cannot be used; the message says which one, why, and what to do. It never holds a password."""
