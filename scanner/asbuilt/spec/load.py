"""Load an architecture spec: by bundled name or by path, checked, resolved for an environment."""

from __future__ import annotations

from functools import cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from asbuilt.digests import sha256_of
from asbuilt.model import Diagnostic, Location
from asbuilt.spec.built import as_built
from asbuilt.spec.data import ENVIRONMENT_META, MISSING, copied, drop, get, leaves
from asbuilt.spec.environments.derive import Resolved, resolve
from asbuilt.spec.environments.paths import environment_of
from asbuilt.spec.errors import Problem, SpecError, listed, suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Path
    from asbuilt.results import Requirement
    from asbuilt.spec.models import Spec, Stated
    from asbuilt.spec.positioned import Positioned
    from asbuilt.spec.requirements import RequirementIndex


DOCUMENTS = (".md", ".markdown")


class SpecDocument:
    """A spec as loaded: its file, its environments, and the values of each when asked.

    `notes` lists what was not understood, where the file is an architecture document in Markdown. `checked` says that
    the values of every environment are known to be right: those of the built form of a bundled spec.
    """

    def __init__(
        self,
        name: str,
        path: str,
        sha256: str,
        content: Positioned,
        notes: tuple[Problem, ...] = (),
        checked: bool = False,
    ) -> None:
        self.name = name
        self.path = path
        self.sha256 = sha256
        self.notes = notes
        self._checked = checked
        self._content = content
        self._resolved: dict[str | None, Spec] = {}
        self._stated: dict[str | None, Stated] = {}
        self._index: RequirementIndex | None = None

    def remarks(self) -> tuple[Diagnostic, ...]:
        """Return the notes as remarks of a run: what a document leaves open is left unchecked, which must be said."""
        return tuple(Diagnostic("info", "spec-not-understood", note.message, note.location) for note in self.notes)

    def environments(self) -> tuple[str, ...]:
        """Return the names of the environments, in the order of the file."""
        return tuple(self._content.data.get("environments", {}))

    def names_of(self, environment: str) -> tuple[str, ...]:
        """Return the names an environment goes by, its own first."""
        return (environment, *self._settings(environment).get("names", ()))

    def environment_of(self, path: str, base: str = "") -> str | None:
        """Return the environment whose patterns a directory matches, if any; see `environments.paths`."""
        patterns = {name: self._settings(name).get("paths", ()) for name in self.environments()}
        return environment_of(path, patterns, base)

    def accounts(self) -> dict[str, tuple[str, ...]]:
        """Return the accounts of each environment that names some: numbers, or patterns of names."""
        found = {name: tuple(self._settings(name).get("accounts", ())) for name in self.environments()}
        return {name: accounts for name, accounts in found.items() if accounts}

    def resolve(self, environment: str | None = None) -> Spec:
        """Return the spec of an environment, or with the base values. Raises SpecError for an unknown one."""
        name = self._known(environment)
        if name not in self._resolved:
            self._resolved[name] = self._build(name)
        return self._resolved[name]

    def stated(self, environment: str | None = None) -> Stated:
        """Return the values and statements of an environment without its areas, which take as long to make.

        Raises SpecError for an unknown environment.
        """
        name = self._known(environment)
        if name not in self._stated:
            self._stated[name] = self._values_of(name)
        return self._stated[name]

    def requirements_at(self, path: str) -> dict[Requirement, str | None]:
        """Return the statements that set the values at or below a path, in any environment.

        Each comes with the environment that it is about, None where it sets base values: the sizes of an environment
        that derives them are set by how it derives them, and held by the rules that hold the base's.
        """
        found: dict[Requirement, str | None] = {}
        for name in (None, *self.environments()):
            for requirement in self.stated(name).requirements_at(path):
                found.setdefault(requirement, name)
        return found

    def _settings(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self._content.data["environments"][name]
        return found

    def _known(self, environment: str | None) -> str | None:
        if environment is None or environment in self.environments():
            return environment
        for name in self.environments():
            if environment in self._settings(name).get("names", ()):
                return name
        remedy = suggest(environment, self.environments(), "environments") or "it lists none: leave the environment out"
        if remedy.startswith("did you mean"):
            remedy += f" The environments are {listed(self.environments())}"
        where = self._content.key(("environments",))
        raise SpecError([Problem(where, f"the spec {self.name} has no environment `{environment}`", remedy)])

    def _values_of(self, name: str | None) -> Stated:
        from asbuilt.spec.models import Stated
        from asbuilt.spec.requirements import RequirementIndex

        content = self._content
        values, problems = (resolve(content.data, name), []) if self._checked else _values(content, name)
        if problems:
            raise SpecError(problems)
        if self._index is None:
            self._index = RequirementIndex(content)
        sections = [*content.data.get("sections", ()), *(requirement.section for requirement in self._index.all)]
        return Stated(name, tuple(dict.fromkeys(sections)), self._index.all, values, content, self._index, {})

    def _build(self, name: str | None) -> Spec:
        from asbuilt.spec.models import Areas, Spec
        from asbuilt.spec.models.build import build, fields

        data, stated = self._content.data, self.stated(name)
        typed = build(Areas, {area: value for area, value in stated.values().items() if area != "assertions"})
        every = [alias for env in self.environments() for alias in (env, *self._settings(env).get("names", ()))]
        return Spec(
            **{field: getattr(stated, field) for field in type(stated).__match_args__},
            name=data["name"],
            title=data.get("title", data["name"]),
            project=data.get("project", data["name"]),
            environment_names=tuple(dict.fromkeys(every)),
            **{area: getattr(typed, area) for area in fields(Areas)},
        )


def load_spec(name_or_path: str) -> SpecDocument:
    """Load a spec by bundled name (`broxiva`) or path, YAML or Markdown. Raises SpecError with every mistake found."""
    path = find(name_or_path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SpecError([Problem(None, f"{path}: cannot be read: {error.strerror}", "check the path")]) from None
    name, sha256 = shown(path), sha256_of(raw)
    ready = as_built(path, sha256, name) if path in bundled().values() else None
    if ready is None:
        return from_bytes(raw, path.suffix, name)
    return SpecDocument(ready.data["name"], name, sha256, ready, checked=True)


def from_bytes(raw: bytes, suffix: str, name: str) -> SpecDocument:
    """Return the spec that a file of this name and suffix holds. Raises SpecError with every mistake found."""
    content, notes = read_checked(raw, suffix, name)
    return SpecDocument(content.data["name"], name, sha256_of(raw), content, notes)


def read_checked(raw: bytes, suffix: str, name: str) -> tuple[Positioned, tuple[Problem, ...]]:
    """Read and check a file. Raises SpecError with every mistake."""
    notes: tuple[Problem, ...] = ()
    if suffix.lower() in DOCUMENTS:
        from asbuilt.spec.markdown.read import read_markdown

        content, notes = read_markdown(raw, name)
    else:
        from asbuilt.spec.positions import read_yaml

        content = read_yaml(raw, name)
    problems = list(_mistakes(content))
    if problems:
        raise SpecError(problems)
    return content, notes


def validate(name_or_path: str) -> list[Problem]:
    """Return every mistake of a spec, of all its environments; an empty list for a good one."""
    try:
        document = load_spec(name_or_path)
        problems: list[Problem] = []
        for environment in document.environments():
            problems += _values(document._content, environment)[1]
    except SpecError as error:
        return list(error.problems)
    return list(SpecError(problems).problems)


@cache
def bundled() -> dict[str, FilePath]:
    """Return the bundled specs by name. The package that carries them is found, not imported."""
    from importlib.util import find_spec

    package = find_spec("asbuilt_policies")
    folders = package.submodule_search_locations if package is not None else None
    return {path.stem: path for folder in folders or () for path in sorted(FilePath(folder, "specs").glob("*.yaml"))}


def find(name_or_path: str) -> FilePath:
    """Return the file of a spec; a bare word is a bundled name before it is a path."""
    path = FilePath(name_or_path)
    if path.name == name_or_path and not path.suffix:
        specs = bundled()
        if name_or_path in specs:
            return specs[name_or_path]
        if not path.is_file():
            remedy = suggest(name_or_path, specs, "bundled specs")
            remedy += " Or give the path of a YAML or Markdown file"
            raise SpecError([Problem(None, f"there is no spec `{name_or_path}`", remedy)])
    if not path.is_file():
        reason = "is a directory" if path.is_dir() else "no such file"
        remedy = "give a bundled name, or the path of a YAML or Markdown file"
        raise SpecError([Problem(None, f"{name_or_path}: {reason}", remedy)])
    return path


def shown(path: FilePath) -> str:
    """Return a spec's path as reports show it: relative where it can be, a bundled one the same on every machine."""
    try:
        return path.resolve().relative_to(FilePath.cwd()).as_posix()
    except ValueError:
        return f"asbuilt_policies/specs/{path.name}" if path in bundled().values() else path.as_posix()


def _mistakes(content: Positioned) -> Iterator[Problem]:
    """Yield the mistakes of a document; those in its values only once its shape is right."""
    from asbuilt.spec.requirements import check_statements

    if not isinstance(content.data, dict):
        remedy = "begin with `asbuilt: 1` and `name: …`"
        yield Problem(Location(content.file, 1, 1, 1, 1), "a spec is a mapping of keys to values", remedy)
        return
    shape = [*_unset(content), *_misshapen(content)]
    if not shape:
        shape += _lineage(content)
    yield from shape
    if not shape:
        yield from check_statements(content)
        if "assertions" in content.data:
            from asbuilt.spec.assertions import check_assertions

            yield from check_assertions(content)
        yield from _values(content, None)[1]


def _misshapen(content: Positioned) -> list[Problem]:
    """Return what is not as the models say; only then is pydantic imported, to say what."""
    from asbuilt.spec.models import SpecFile
    from asbuilt.spec.models.build import DoubtError, build

    data = _without_nulls(content.data)
    try:
        build(SpecFile, data)
    except DoubtError:
        from pydantic import ValidationError

        from asbuilt.spec.mistakes import problems_of
        from asbuilt.spec.models.strict import strict

        model = strict(SpecFile)
        try:
            model.model_validate(data)
        except ValidationError as error:
            return problems_of(error, model, content.data, content.value, content.key)
        message = "the values cannot be read, though nothing is wrong with any of them"
        return [Problem(content.value(()), message, "this is a defect of asbuilt: please report it with the spec")]
    return []


def _unset(content: Positioned) -> Iterator[Problem]:
    """Yield keys without a value: in an environment they take back what the base says, elsewhere they are slips."""
    for path, value in leaves(content.data):
        name = ".".join(map(str, path))
        if path[0] == "assertions" and "schema" in path:
            continue  # null is a value there
        if value is None and not _takes_back(path):
            yield Problem(content.key(path), f"`{name}` has no value", "leave the key out, or give it a value")
        elif value is None and get(content.data, path[2:]) is MISSING:
            yield Problem(content.key(path), f"`{name}` takes back a value that is not set", "leave the key out")
        elif isinstance(value, tuple) and None in value:
            yield Problem(content.value(path), f"`{name}` has an empty element", "remove it, or give it a value")


def _takes_back(path: Path) -> bool:
    return len(path) > 2 and path[0] == "environments" and path[2] not in ENVIRONMENT_META


def _without_nulls(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = copied(data)
    for path, value in list(leaves(found)):
        if value is None and path[0] != "assertions":
            drop(found, path)
    return found


def _lineage(content: Positioned) -> Iterator[Problem]:
    """Yield environments that derive from what does not exist, or from themselves, or are sized without a model."""
    environments = content.data.get("environments", {})
    for name, settings in environments.items():
        place: Path = ("environments", name)
        parent = settings.get("derives_from")
        if parent is not None and parent not in environments:
            remedy = suggest(parent, [other for other in environments if other != name], "environments")
            yield Problem(
                content.value((*place, "derives_from")),
                f"`{name}` derives from `{parent}`, which is no environment",
                remedy,
            )
        seen = [name]
        while parent in environments and parent not in seen:
            seen.append(parent)
            parent = environments[parent].get("derives_from")
        if parent == name:
            remedy = "let one of them state its values"
            yield Problem(
                content.value((*place, "derives_from")),
                f"`{name}` derives from itself ({' → '.join([*seen, name])})",
                remedy,
            )
        sizing = settings.get("sizing")
        if sizing and "derives_from" not in settings:
            yield Problem(
                content.key((*place, "sizing")), f"`{name}` is sized, but by no other environment", "add derives_from"
            )
        if sizing and ("share" in sizing) == ("minimum" in sizing):
            yield Problem(
                content.value((*place, "sizing")),
                f"the size of `{name}` is not clear",
                "give either share or minimum: true",
            )


def _values(content: Positioned, name: str | None) -> tuple[Resolved, list[Problem]]:
    """Resolve an environment, and check its values."""
    from asbuilt.spec.checks import check

    values = resolve(content.data, name)
    problems = list(check(values.data, lambda path: content.value(values.origin(path))))
    problems += [
        Problem(
            content.value(("environments", str(name), "network", "vpc_cidr")),
            f"the subnets of {'.'.join(map(str, path[:-1]))} do not fit into this VPC at their offsets",
            f"list their cidrs under environments.{name}.{'.'.join(map(str, path[:-1]))}",
        )
        for path in values.lost
    ]
    return values, problems


__all__ = ["SpecDocument", "bundled", "find", "load_spec", "validate"]
