"""What is known of CloudFormation resource types."""
