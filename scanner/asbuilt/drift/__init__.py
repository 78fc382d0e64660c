"""Spec, code and account side by side: what agrees and holds, what drifted, which way, and what cannot be told."""
