"""`asbuilt action`: one run of the GitHub Action, between its inputs and its outputs.

The steps of `action.yml` hold no logic; what they are given comes through the environment.
"""

from asbuilt.cli.action.command import command

__all__ = ["command"]
