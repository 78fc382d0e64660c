"""Directories of configuration: files, modules, variables files, and what may be read."""
