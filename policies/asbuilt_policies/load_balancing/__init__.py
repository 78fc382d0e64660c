"""The load balancer, its listeners and rules."""
