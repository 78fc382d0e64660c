"""Rules and bundled architecture specs."""
