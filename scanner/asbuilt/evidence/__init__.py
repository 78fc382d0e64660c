"""Evidence of an audit: what AWS was asked and answered, hashed, and whether it is still as it was written."""
