"""Renderings of scan results, one format a module."""
