"""Secrets and configuration."""
