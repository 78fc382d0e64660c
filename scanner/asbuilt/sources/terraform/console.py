"""Answer as `terraform console` does: the value of one expression in one module, as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from asbuilt.model import Sensitive, Unknown
from asbuilt.results import MASK
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.language.numbers import BigFloat

if TYPE_CHECKING:
    from asbuilt.sources.terraform.evaluation.root import Root


def answer(root: Root, text: str, module: str = "") -> dict[str, Any]:
    """Return `{"value": …}`, `{"unknown": reason, …}` or `{"error": message}`; sensitive values are masked."""
    before = len(root.diagnostics)
    try:
        value = root.evaluate(text, module)
    except EvalError as error:
        return {"error": error.message}
    except KeyError:
        known = ", ".join(sorted(m.address for m in root.module.tree() if m.address)) or "none"
        return {"error": f"there is no module {module}; the modules are {known}"}
    errors = [one.message for one in root.diagnostics[before:] if one.severity == "error"]
    if errors:
        return {"error": errors[0]}
    if isinstance(value, Unknown):
        found: dict[str, Any] = {"unknown": value.reason, "kind": value.kind.value}
        if value.references:
            found["references"] = [f"{r.target.partition('//')[2]}.{r.attribute}" for r in value.references]
        if value.arms:
            found["arms"] = [_json(arm) for arm in value.arms]
        return found
    return {"value": _json(value)}


def _json(value: Any) -> Any:
    if isinstance(value, Sensitive):
        return MASK
    if isinstance(value, Unknown):
        return {"unknown": value.reason}
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, BigFloat):
        return json.loads(str(value), parse_float=float)
    return value
