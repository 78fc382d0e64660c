"""Run SAM's translator: templates come in as lines of JSON, what is made of them goes out the same way.

A template on which it crashes ends the process: the one that asked starts another.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any, Final

MAX_MEMORY: Final = 2 * 1024 * 1024 * 1024


def main() -> None:
    """Answer each line."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    out, sys.stdout = sys.stdout, sys.stderr  # what libraries print is no answer
    for line in sys.stdin:
        out.write(json.dumps(answer(**json.loads(line))) + "\n")
        out.flush()


def answer(template: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
    """Return what the translator makes of a template: `resources` and `conditions`, or an `error`."""
    from samtranslator.internal.managed_policies import get_bundled_managed_policy_map
    from samtranslator.model.exceptions import InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.arn_generator import ArnGenerator, _region_to_partition
    from samtranslator.translator.translator import Translator
    from samtranslator.utils.py27hash_fix import to_py27_compatible_template, undo_mark_unicode_str_in_template

    region = values["AWS::Region"]
    ArnGenerator.BOTO_SESSION_REGION_NAME = region
    os.environ["AWS_DEFAULT_REGION"] = region
    policies = get_bundled_managed_policy_map(_region_to_partition(region)) or {}
    to_py27_compatible_template(template, values)
    try:
        found = Translator(policies, Parser()).translate(template, values, get_managed_policy_map=lambda: policies)
    except InvalidDocumentException as error:
        causes = [str(cause.message) for cause in error.causes] or [str(error)]
        return {"error": "; ".join(causes)[:500]}
    plain = undo_mark_unicode_str_in_template(found)
    return {"resources": plain.get("Resources", {}), "conditions": plain.get("Conditions", {})}


if __name__ == "__main__":
    main()
