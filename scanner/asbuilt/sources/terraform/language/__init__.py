"""Terraform's values, types and operators, apart from any configuration."""
