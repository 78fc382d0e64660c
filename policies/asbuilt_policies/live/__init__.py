"""What only a live account tells: what runs, what is healthy, what arrives."""
