"""Exceptions from the architecture: who grants which, why, and until when.

A waiver turns a failure it holds for into the verdict `waived`, until the day it expires. It never touches what is
unknown. Waivers stand in a file that the command line names, or in comments at the block they are about.
"""

from asbuilt.waivers.apply import RULES, Applied, apply
from asbuilt.waivers.inline import inline_waivers
from asbuilt.waivers.run import WaiverOptions, waive
from asbuilt.waivers.waiver import DEFAULT_DAYS, Waiver

__all__ = [
    "DEFAULT_DAYS",
    "RULES",
    "Applied",
    "Waiver",
    "WaiverOptions",
    "apply",
    "inline_waivers",
    "waive",
]
