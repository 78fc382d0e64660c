"""Values and intrinsic functions."""
