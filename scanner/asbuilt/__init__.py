"""Hold AWS infrastructure as built against the architecture as specified."""

__version__ = "0.1.0"
