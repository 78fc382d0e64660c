"""The service inventory: which services there are, how they are reached, how big they are."""
