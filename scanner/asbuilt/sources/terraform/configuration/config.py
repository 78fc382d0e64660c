"""A module as written: what the files of one directory declare, override files merged in.

Nothing is evaluated here. A file that cannot be read or does not parse costs itself and a diagnostic.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from asbuilt.confinement import ConfinedError, shown
from asbuilt.model import Diagnostic, Location
from asbuilt.records import dataclass
from asbuilt.sources.terraform.configuration.directories import SUFFIXES
from asbuilt.sources.terraform.configuration.override import merge_block
from asbuilt.sources.terraform.parsing import parser
from asbuilt.sources.terraform.parsing.syntax import Attribute, Block, Body, Expr, GetAttr, Literal, Name, SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from asbuilt.confinement import Confinement

OVERRIDES = ("override.tf", "_override.tf", "override.tf.json", "_override.tf.json")


@dataclass(slots=True)
class Declaration:
    """A block of a module and the names it goes by."""

    name: str
    block: Block
    body: Body

    def expr(self, name: str) -> Expr | None:
        """Return the expression of an attribute, if it is set."""
        attribute = self.body.attributes.get(name)
        return attribute.expr if attribute is not None else None

    def text(self, name: str) -> str:
        """Return an attribute that must be a literal string, or the empty string."""
        expr = self.expr(name)
        return expr.value if isinstance(expr, Literal) and isinstance(expr.value, str) else ""

    def flag(self, name: str, default: bool = False) -> bool:
        """Return an attribute that must be a literal bool."""
        attribute = self.body.attributes.get(name)
        if attribute is None:
            return default
        expr = attribute.expr
        return expr.value if isinstance(expr, Literal) and isinstance(expr.value, bool) else default

    @property
    def location(self) -> Location:
        """The block's header."""
        return self.body.file.location(self.block.start, self.block.header_end)


@dataclass(slots=True)
class ResourceConfig(Declaration):
    """A `resource` or `data` block. `mode` is `managed` or `data`."""

    mode: str = "managed"
    type: str = ""

    @property
    def address(self) -> str:
        """The address inside its module."""
        return f"{'data.' if self.mode == 'data' else ''}{self.type}.{self.name}"


@dataclass(slots=True)
class Local:
    """One entry of a `locals` block."""

    attribute: Attribute
    file: SourceFile


@dataclass(slots=True)
class Moved:
    """A `moved` block: the addresses as written."""

    source: str
    target: str
    location: Location


@dataclass(slots=True)
class Module:
    """What a directory declares."""

    directory: Path
    files: list[SourceFile] = field(default_factory=list)
    variables: dict[str, Declaration] = field(default_factory=dict)
    locals: dict[str, Local] = field(default_factory=dict)
    resources: dict[tuple[str, str, str], ResourceConfig] = field(default_factory=dict)
    outputs: dict[str, Declaration] = field(default_factory=dict)
    calls: dict[str, Declaration] = field(default_factory=dict)
    providers: dict[str, Declaration] = field(default_factory=dict)
    settings: list[Block] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    imports: list[Block] = field(default_factory=list)
    removed: list[Block] = field(default_factory=list)
    checks: list[Block] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    def error(self, code: str, message: str, location: Location | None) -> None:
        """Note something that Terraform would refuse."""
        self.diagnostics.append(Diagnostic("error", code, message, location))


def module_files(directory: Path) -> list[Path]:
    """Return a directory's configuration files in Terraform's order: the primary ones, then the overrides."""
    names = sorted(
        entry.name
        for entry in directory.iterdir()
        if entry.name.endswith(SUFFIXES) and not entry.name.startswith((".", "#")) and not entry.is_dir()
    )
    primary = [name for name in names if not is_override(name)]
    return [directory / name for name in [*primary, *(n for n in names if is_override(n))]]


def is_override(name: str) -> bool:
    """Tell whether a file of this name is merged into the others."""
    return name in ("override.tf", "override.tf.json") or name.endswith(("_override.tf", "_override.tf.json"))


def load_module(directory: Path, confinement: Confinement) -> Module:
    """Read and parse a directory."""
    module = Module(directory)
    for path in module_files(directory):
        name = shown(path)
        try:
            text = confinement.read(path).decode("utf-8-sig")
        except (ConfinedError, OSError, UnicodeDecodeError) as error:
            reason = str(error) if isinstance(error, ConfinedError) else f"it cannot be read: {type(error).__name__}"
            module.unreadable.append((name, reason))
            module.error("unreadable-file", f"{name}: {reason}", Location(name, 1))
            continue
        file = SourceFile(name, text)
        module.files.append(file)
        parse = parser.parse_json if name.endswith(".json") else parser.parse
        body, diagnostics = parse(file)
        module.diagnostics.extend(diagnostics)
        if any(d.severity == "error" for d in diagnostics):
            module.unreadable.append((name, "a part of it does not parse"))
        _Collector(module, body, override=is_override(path.name)).collect()
    return module


LABELS = {"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "check": 1, "ephemeral": 2}


class _Collector:
    """Sorts the blocks of one file into its module."""

    def __init__(self, module: Module, body: Body, *, override: bool) -> None:
        self.module = module
        self.body = body
        self.override = override

    def collect(self) -> None:
        for block in self.body.blocks:
            expected = LABELS.get(block.type, 0)
            if len(block.labels) != expected:
                message = f"A {block.type} block needs {expected} labels and has {len(block.labels)}."
                self.module.error("block-labels", message, self.at(block))
                continue
            collect = getattr(self, f"on_{block.type}", None)
            if collect is None:
                self.module.error(
                    "unknown-block", f'Blocks of type "{block.type}" are not expected here.', self.at(block)
                )
            else:
                collect(block)
        for attribute in self.body.attributes.values():
            message = f'An argument named "{attribute.name}" is not expected here.'
            self.module.error("unknown-argument", message, self.body.file.location(attribute.start, attribute.end))

    def at(self, block: Block) -> Location:
        return self.body.file.location(block.start, block.header_end)

    def declare(self, table: dict[str, Declaration], name: str, block: Block) -> None:
        known = table.get(name)
        if known is None:
            table[name] = Declaration(name, block, block.body)
        elif self.override:
            known.body = merge_block(known.body, block.body)
        else:
            message = f'{block.type} "{name}" was already declared at {known.location}.'
            self.module.error("duplicate-declaration", message, self.at(block))

    def on_variable(self, block: Block) -> None:
        self.declare(self.module.variables, block.labels[0], block)

    def on_output(self, block: Block) -> None:
        self.declare(self.module.outputs, block.labels[0], block)

    def on_module(self, block: Block) -> None:
        self.declare(self.module.calls, block.labels[0], block)

    def on_provider(self, block: Block) -> None:
        alias = Declaration("", block, block.body).text("alias")
        name = block.labels[0]
        self.declare(self.module.providers, f"{name}.{alias}" if alias else name, block)

    def on_resource(self, block: Block) -> None:
        self.resource(block, "managed")

    def on_data(self, block: Block) -> None:
        self.resource(block, "data")

    def on_ephemeral(self, block: Block) -> None:
        self.resource(block, "ephemeral")

    def resource(self, block: Block, mode: str) -> None:
        type_, name = block.labels
        key = (mode, type_, name)
        known = self.module.resources.get(key)
        if known is None:
            self.module.resources[key] = ResourceConfig(name, block, block.body, mode, type_)
        elif self.override:
            known.body = merge_block(known.body, block.body)
        else:
            message = f"{known.address} was already declared at {known.location}."
            self.module.error("duplicate-declaration", message, self.at(block))

    def on_locals(self, block: Block) -> None:
        for name, attribute in block.body.attributes.items():
            if name in self.module.locals and not self.override:
                location = self.body.file.location(attribute.start, attribute.end)
                self.module.error("duplicate-declaration", f"local.{name} was already declared.", location)
                continue
            self.module.locals[name] = Local(attribute, block.body.file)

    def on_terraform(self, block: Block) -> None:
        self.module.settings.append(block)

    def on_moved(self, block: Block) -> None:
        ends = [block.body.attributes.get(name) for name in ("from", "to")]
        texts = [address_text(end.expr) if end is not None else "" for end in ends]
        if all(texts):
            self.module.moved.append(Moved(texts[0], texts[1], self.at(block)))
        else:
            self.module.error("moved-address", "A moved block needs the addresses from and to.", self.at(block))

    def on_import(self, block: Block) -> None:
        self.module.imports.append(block)

    def on_removed(self, block: Block) -> None:
        self.module.removed.append(block)

    def on_check(self, block: Block) -> None:
        self.module.checks.append(block)
        for nested in block.body.blocks:
            if nested.type == "data" and len(nested.labels) == 2:
                self.resource(nested, "data")


def address_text(expr: Expr) -> str:
    """Write a traversal as an address, or the empty string where it is none."""
    return "".join(_address_parts(expr))


def _address_parts(expr: Expr) -> Iterator[str]:
    from asbuilt.sources.terraform.parsing.syntax import Index

    if isinstance(expr, Name):
        yield expr.name
    elif isinstance(expr, GetAttr):
        base = address_text(expr.base)
        if base:
            yield f"{base}.{expr.name}"
    elif isinstance(expr, Index) and isinstance(expr.key, Literal):
        base = address_text(expr.base)
        key = expr.key.value
        if base:
            yield f'{base}["{key}"]' if isinstance(key, str) else f"{base}[{key}]"
