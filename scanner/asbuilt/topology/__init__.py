"""What resources mean together: services with their tasks, subnets with their routes, listeners with their targets.

Shared by rules, computed once a graph (`Graph.memo`). Everything answers in three values: an answer, nothing, or
an `Unknown` that says why.
"""
