"""Edits that mend findings: found from evidence, proven by checking the code with the edits made.

`plan` turns the results of a check into a `Plan`: edits that stand the proof, and for every other violation whose right
value is known the reason why there is no edit. `write` makes the edits. Only plain values are edited, at the place a
value comes from: a number, `true` or `false`, a text without interpolation. And an argument that is missing is added
to a block that is written out.
"""

from asbuilt.fixes.plan import Plan, plan, suggested, with_edits
from asbuilt.fixes.propose import Refusal
from asbuilt.fixes.write import EditError, write

__all__ = ["EditError", "Plan", "Refusal", "plan", "suggested", "with_edits", "write"]
