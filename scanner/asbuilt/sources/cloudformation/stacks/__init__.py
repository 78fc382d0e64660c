"""Stacks: templates with the values of their parameters, worked out."""
