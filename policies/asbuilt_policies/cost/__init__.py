"""On-Demand and Spot capacity."""
