"""Where things run and how they are reached."""
