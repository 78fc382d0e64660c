"""Service discovery through AWS Cloud Map."""
