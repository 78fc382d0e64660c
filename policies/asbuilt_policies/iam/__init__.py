"""Roles of tasks, and what they may do."""
