"""checkov beside asbuilt: run as a program of its own, its results in the same report, its failures compared with ours.

`program` finds it, `run` runs it, `output` reads what it wrote, `compare` sets it against our verdicts by the table in
`readings`. What goes wrong is a gap, never a pass.
"""
