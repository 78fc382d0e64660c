"""VPC endpoints."""
