"""What stands in front of the platform, and where it stands."""
