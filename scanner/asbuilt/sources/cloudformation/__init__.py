"""CloudFormation templates, as resources whose values are worked out when somebody asks."""
