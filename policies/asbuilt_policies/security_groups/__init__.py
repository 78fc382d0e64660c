"""Security groups: who may reach what, by what groups are attached to."""
