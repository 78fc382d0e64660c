"""Run the command line with `python -m asbuilt.cli`."""

from asbuilt.cli import main

main()
