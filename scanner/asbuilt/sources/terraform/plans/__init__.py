"""Plans and state as JSON."""
