"""Record the attribute names of the Terraform AWS provider's resource types that the vocabulary maps.

Reads the `.jsii` assembly of `cdktf-cdktf-provider-aws` (PyPI) or `@cdktf/provider-aws` (npm), which carries every
argument of every type with its nested blocks, and writes them as compact JSON: a name is `1`, a nested block a dict
(its key `*` tells that it may be repeated).

    pip download --no-deps -d provider cdktf-cdktf-provider-aws   # then unpack the wheel, and its _jsii/*.tgz
    python scripts/record_aws_provider_schema.py provider/package/.jsii
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from asbuilt.sources.terraform.vocabulary import mapped_types

TARGET = Path(__file__).parents[1] / "tests/sources/terraform/aws_provider_schema.json"
_TYPE = re.compile(r"/resources/\w+ (aws_\w+)\}")
_ARGUMENT = re.compile(r"\{@link \S+#(\w+) \w+#\w+\}")
_BUILT_IN = {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioners", "provisioner"}


def main() -> None:
    """Write the record."""
    assembly = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    types = assembly["types"]
    configs = {found.group(1): fqn + "Config" for fqn, it in types.items() if (found := _TYPE.search(_summary(it)))}
    wanted = sorted(mapped_types())
    for missing in (name for name in wanted if name not in configs):
        print(f"not in the provider: {missing}", file=sys.stderr)
    recorded = {name: _arguments(types, configs[name]) for name in wanted if name in configs}
    record = {"provider": f"cdktf {assembly['version']}", "types": recorded}
    TARGET.write_text(json.dumps(record, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(recorded)} types, {TARGET.stat().st_size} bytes")


def _summary(it: dict[str, Any]) -> str:
    docs = it.get("docs", {})
    return str(docs.get("summary", "")) + " " + str(docs.get("remarks", ""))


def _arguments(types: dict[str, Any], fqn: str, depth: int = 0) -> dict[str, Any]:
    """Return the arguments of one configuration interface; provider types nest without end, so eight levels do."""
    found: dict[str, Any] = {}
    for prop in types[fqn].get("properties", ()):
        name = _ARGUMENT.search(_summary(prop))
        if name is None or (depth == 0 and name.group(1) in _BUILT_IN):
            continue
        nested, many = _nested(types, prop.get("type", {}))
        if nested is None or depth > 8:
            found[name.group(1)] = 1
        else:
            found[name.group(1)] = _arguments(types, nested, depth + 1) | ({"*": 1} if many else {})
    return found


def _nested(types: dict[str, Any], type_: dict[str, Any]) -> tuple[str | None, bool]:
    """Find the interface behind a property type: itself, an element of a list, or one of a union."""
    if "fqn" in type_:
        fqn = type_["fqn"]
        known = fqn in types and types[fqn].get("kind") == "interface" and types[fqn].get("datatype")
        return (fqn if known else None), False
    if "collection" in type_:
        return _nested(types, type_["collection"]["elementtype"])[0], True
    for option in type_.get("union", {}).get("types", ()):
        nested, many = _nested(types, option)
        if nested:
            return nested, many
    return None, False


if __name__ == "__main__":
    main()
