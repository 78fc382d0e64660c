"""What containers run on."""
