"""Settings for all tests."""

from hypothesis import settings

# Machines are shared and noisy: a deadline measures the neighbours.
settings.register_profile("asbuilt", deadline=None)
settings.load_profile("asbuilt")
