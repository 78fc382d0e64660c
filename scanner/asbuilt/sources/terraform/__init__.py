"""Terraform: parse, evaluate, and speak in CloudFormation's vocabulary."""
