"""Templates and parameter files: bytes to plain data, with the places of everything on request."""
