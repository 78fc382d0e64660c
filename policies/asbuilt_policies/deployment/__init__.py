"""How a new version of a service is rolled out."""
