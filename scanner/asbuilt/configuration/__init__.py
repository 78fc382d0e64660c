"""The configuration of a project: what the command line would otherwise say on every run.

It is read from `asbuilt.yaml` or `[tool.asbuilt]` of `pyproject.toml` in the folder the user stands in, or from the
file they name; never from the path that is scanned. It holds values only: nothing in it can name code.
"""

from typing import Final

NAMES: Final = ("asbuilt.yaml", "asbuilt.yml")
PROJECT: Final = "pyproject.toml"
