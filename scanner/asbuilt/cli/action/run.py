"""One gate: settings from the base, the scan, the comparison, and what the pull request does to its own rules."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asbuilt.cli.action.notes import Notes, notes_on
from asbuilt.cli.action.trusted import SETTINGS, Base, base_at, values_of
from asbuilt.cli.base import Compared, changes_since, compared, repository_of, with_remarks
from asbuilt.cli.check import pairs
from asbuilt.cli.common import USAGE, Progress, check_paths, fail, load_document, print_problems, resolve
from asbuilt.cli.configured import configuration
from asbuilt.cli.inputs import read_baseline, waiver_options
from asbuilt.cli.pages import with_pages
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from asbuilt.cli.action.inputs import Request
    from asbuilt.configuration.read import Found
    from asbuilt.results import Results
    from asbuilt.scan import Options
    from asbuilt.spec.load import SpecDocument


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of the Action found, and what there is to say besides."""

    results: Results
    base: Compared
    notes: Notes

    def counts(self) -> dict[str, int]:
        """Return the verdicts by name, and how many failures count."""
        new = sum(finding.verdict.value == "fail" and finding.gates for finding in self.results.findings)
        return {**self.results.summary.counts, "new": new}

    def summary(self) -> str:
        """Return the step summary: first what the pull request does to its own rules."""
        from asbuilt_reports import markdown

        first = self.notes.markdown()
        return first + markdown.render(self.results, limit=markdown.LIMIT - len(first.encode()))

    def annotations(self) -> str:
        """Return the workflow commands."""
        from asbuilt_reports import github

        changed = self.base.changes.touch if self.base.changes is not None else None
        return github.render(self.results, changed=changed, first=self.notes.annotations())


def run(request: Request) -> Outcome:
    """Scan what was asked for; errors of usage and configuration end with exit 2."""
    from asbuilt.scan import ScanError, check
    from asbuilt.spec.errors import SpecError

    progress = Progress()
    with ExitStack() as stack:
        base = _base(request, stack)
        held = None if request.trust_head else base
        if held is not None:
            _nothing_installed(held)
        values = {**values_of(_settings(request, held)), **request.values}
        document, options = _prepared(values, held)
        spec = resolve(document, options.environment)
        found = Compared()
        if "baseline" in values:
            options = replace(options, baseline=read_baseline(_earlier(values["baseline"], held)))
        elif request.changed_only:
            reference = request.base or values.get("changed_since")
            if not reference:
                fail("changed-only is true, but this event has no base: give base-ref")
            found = compared(reference, document, spec, options, progress)
            options = replace(options, baseline=found.baseline)
        if found.changes is None and request.base:
            found = replace(found, changes=changes_since(request.base))
        try:
            results = check(document, spec, options, progress)
        except ScanError as error:
            fail(str(error))
        except SpecError as error:  # the waivers name what does not exist
            print_problems(error)
            raise SystemExit(USAGE) from None
        results = with_pages(with_remarks(results, found), request.pages or values.get("rule_pages"))
        notes = notes_on(base, document, values, results, found, trusted=request.trust_head) if base else Notes()
        return Outcome(results, found, replace(notes, remarks=found.remarks))


def _base(request: Request, stack: ExitStack) -> Base | None:
    """Return the base, None where there is none; where the pull request is trusted, it may be missing."""
    if not request.base:
        return None
    repository = repository_of(Path.cwd())
    if request.trust_head and repository.commit(request.base) is None:
        return None
    return stack.enter_context(base_at(repository, request.base))


def _settings(request: Request, base: Base | None) -> Found | None:
    """Return the configuration: the base's, or that of the checkout where there is no base."""
    if base is None:
        return configuration(request.config or None, none=False)
    if request.config:
        named = base.named(request.config, "configuration")
        with base.entered():
            return configuration(named, none=False)
    for name in SETTINGS:
        base.fetch(name)
    with base.entered():
        return configuration(None, none=False)


def _prepared(values: dict[str, Any], base: Base | None) -> tuple[SpecDocument, Options]:
    """Load the spec and the waivers; return the spec, and the options of the scan. Paths are those of the checkout."""
    from asbuilt.model import Severity
    from asbuilt.scan import Options

    for name in ("spec", "paths"):
        if name not in values:
            fail(f"the input {name} is empty, and the configuration does not have it")
    plan = Path(values["plan"]) if "plan" in values else None
    paths = [Path(path) for path in values["paths"]]
    var_files = [Path(path) for path in values.get("var_files", ())]
    check_paths([*paths, *var_files, *([plan] if plan else [])])
    for path in (*paths, *([plan] if plan else [])):
        _not_brought(path, base)
    with ExitStack() as stack:
        spec, waivers = values["spec"], values.get("waivers")
        if base is not None:
            spec = spec if _bundled(spec) else base.named(spec, "spec")
            waivers = base.named(waivers, "file of waivers") if waivers else None
            stack.enter_context(base.entered())
        document = load_document(spec)
        inline = values.get("inline_waivers", base is None)
        granted = waiver_options(Path(waivers) if waivers else None, values.get("max_waiver_days"), inline=inline)
    return document, Options(
        paths=paths,
        environment=values.get("environment"),
        variables=_pairs(values.get("variables", ()), "variables"),
        workspace=values.get("workspace", "default"),
        var_files=var_files,
        parameters=values.get("parameters", ()),
        module_dirs={k: Path(v) for k, v in _pairs(values.get("module_dirs", ()), "module-dirs").items()},
        plan=plan,
        only=values.get("only", ()),
        skip=values.get("skip", ()),
        fail_on=Severity(_one_of(values.get("fail_on", "medium"), [s.value for s in Severity], "fail-on")),
        on_unknown=_one_of(values.get("on_unknown", "warn"), ["ignore", "warn", "fail"], "on-unknown"),
        allow_incomplete=values.get("allow_incomplete", False),
        waivers=granted,
    )


def _bundled(name: str) -> bool:
    from asbuilt.spec.load import bundled

    return "/" not in name and "." not in name and name in bundled()


def _pairs(value: Any, what: str) -> dict[str, str]:
    return dict(value) if isinstance(value, dict) else pairs(tuple(value), what)


def _one_of(value: str, words: list[str], what: str) -> str:
    if value not in words:
        fail(f"the input {what} is {value!r}: expected one of {', '.join(words)}")
    return value


def _not_brought(path: Path, base: Base | None) -> None:
    """Refuse a plan that is part of the checkout: a pull request could bring one that its code does not lead to."""
    from asbuilt.sources.terraform.plans import is_plan

    if base is None or not is_plan(path):
        return
    inside, head = base.inside(os.fspath(path)), base.repository.commit("HEAD")
    if inside is not None and head is not None and base.repository.content(head, inside) is not None:
        fail(f"{path}: the plan is part of the repository, and need not be of this code: make it in the job")


def _nothing_installed(base: Base) -> None:
    """Refuse a pull request that brings what `terraform init` makes: code that is scanned, and never applied.

    With `.terraform/modules/modules.json` it could stand anything in for a module of the registry.
    """
    head = base.repository.commit("HEAD")

    def installed(commit: str) -> set[tuple[str, str]]:
        return {(e.path, e.object) for e in base.repository.entries(commit) if ".terraform" in e.path.split("/")}

    brought = sorted(installed(head) - installed(base.commit)) if head is not None else []
    if brought:
        fail(
            f"{brought[0][0]}: the pull request brings what `terraform init` makes, which is not what would be "
            "applied: remove .terraform from the repository"
        )


def _earlier(name: str, base: Base | None) -> Path:
    """Return the earlier result to compare with: the base's, or one from outside of the checkout."""
    if base is None:
        return Path(name)
    found = base.named(name, "earlier result")
    with base.entered():
        return Path(found).absolute()
