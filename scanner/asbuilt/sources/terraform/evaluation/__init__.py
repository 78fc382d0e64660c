"""Lazy evaluation: modules, instances, expressions in their scope."""
