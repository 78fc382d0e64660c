"""HTML: one file that opens anywhere, prints whole, asks nobody for anything, and can be handed to an auditor.

The page may load nothing and run nothing but its own style and script, whose hashes stand in its policy (CSP). It
is complete without the script, which only filters, searches and moves. Every name is escaped by Jinja2, after
`visible` has made control characters readable.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from asbuilt_reports.escape import visible
from asbuilt_reports.html_view import view

if TYPE_CHECKING:
    from jinja2 import Template

    from asbuilt.results import Results


def render(results: Results) -> str:
    """Return the report as one self-contained HTML page."""
    return page("report.html.j2", view(results), styles=("report.css",), script="report.js")


def page(template: str, variables: dict[str, Any], *, styles: tuple[str, ...], script: str = "") -> str:
    """Return a page that may use nothing but these styles and this script of ours."""
    style, code = "\n".join(map(_asset, styles)), _asset(script) if script else ""
    allowed = f"'{_hash(code)}'" if code else "'none'"
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src {allowed}; base-uri 'none'; form-action 'none'"
    )
    return _template(template).render(
        policy=Markup(policy),  # noqa: S704 - hashes of our own files
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(code),  # noqa: S704 - our own file
        **variables,
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _asset(name: str) -> str:
    return files("asbuilt_reports").joinpath("templates", name).read_text("utf-8").strip()


@cache
def _template(name: str) -> Template:
    environment = Environment(
        autoescape=True,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["ticks"] = _ticks
    return environment.from_string(_asset(name) + "\n")


def _shown(data: Any) -> Any:
    """Make control characters visible in everything that is printed into the page."""
    return visible(data) if type(data) is str else data


def _ticks(text: str) -> Markup:
    """Set what stands between backticks as code."""
    parts = visible(text).split("`")
    if len(parts) % 2 == 0:
        return Markup("{}").format("`".join(parts))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if odd % 2 else part for odd, part in enumerate(parts)
    )
