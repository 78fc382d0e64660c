"""Live AWS accounts: read-only describe and list calls, as resources in CloudFormation's vocabulary."""
