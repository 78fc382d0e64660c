"""The literal statements of a spec as custom policies of checkov, in YAML, for teams that stay with checkov for now."""
