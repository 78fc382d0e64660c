"""What the values of an environment are, and which of them were derived."""
