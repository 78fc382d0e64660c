"""Where resources come from, one package a source."""
