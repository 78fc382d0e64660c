"""Record what `terraform fmt` says about each case of data/syntax_cases.json: `python record_syntax.py`.

Each case is a text and the line of the first error Terraform's own parser reports, 0 where it accepts the text.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

CASES = Path(__file__).parent / "data" / "syntax_cases.json"


def first_errors(texts: list[str]) -> list[int]:
    """Return the first line with an error in each text, 0 where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            (Path(folder) / f"case{number:05}.tf").write_bytes(text.encode())
        command = ["terraform", "fmt", "-no-color", "-write=false", "-list=false", folder]
        said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    lines = [0] * len(texts)
    for number, line in re.findall(r"on .*case(\d{5})\.tf line (\d+)", said):
        lines[int(number)] = min(int(line), lines[int(number)] or int(line))
    return lines


def main() -> None:
    """Rewrite the recorded lines; texts given as files are added."""
    texts = [case["text"] for case in json.loads(CASES.read_text())] if CASES.exists() else []
    for name in sys.argv[1:]:
        texts += [text for text in json.loads(Path(name).read_text()) if text not in texts]
    cases = [{"text": text, "line": line} for text, line in zip(texts, first_errors(texts), strict=True)]
    CASES.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


if __name__ == "__main__":
    main()
