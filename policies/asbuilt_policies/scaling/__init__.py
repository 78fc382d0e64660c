"""Auto scaling of the services."""
