"""`asbuilt inspect`: what the tool sees in infrastructure code, and how it evaluates."""

from __future__ import annotations

import json
import os
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from asbuilt.cli.check import pairs
from asbuilt.cli.common import Progress, check_paths, fail, load_document
from asbuilt.cli.configured import Configured, config_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Property, Resource


@click.command("inspect", cls=Configured)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--spec", "spec_name", metavar="SPEC", help="The spec whose environments decide which roots to read.")
@click.option("--env", "environment", metavar="NAME", help="Environment whose roots to read.")
@click.option(
    "--plan", type=click.Path(path_type=Path), help="The plan (or state) of PATHS, as `terraform show -json` writes it."
)
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Set a Terraform input variable.")
@click.option("--tf-var-env", is_flag=True, help="Also take TF_VAR_ variables from the process's environment.")
@click.option("--workspace", default="default", metavar="NAME", help="What terraform.workspace is.")
@click.option("--var-file", "var_files", multiple=True, type=click.Path(path_type=Path), help="A .tfvars file.")
@click.option(
    "--parameters",
    multiple=True,
    metavar="FILE|NAME=VALUE",
    help="CloudFormation parameters: a file as the AWS CLI, CodePipeline or SAM takes it, or one value.",
)
@click.option(
    "--module-dir",
    "module_dirs",
    multiple=True,
    metavar="SOURCE=DIR",
    help="Where a registry module, or a nested template, is on disk.",
)
@click.option("--root", type=click.Path(path_type=Path), help="Read nothing outside of this folder.")
@click.option("--resource", "pattern", metavar="PATTERN", help="Only addresses or types that match, as in '*.api*'.")
@click.option(
    "--property", "property_path", metavar="PATH", help="One property, with the chain its value came through."
)
@click.option("--eval", "expression", metavar="EXPRESSION", help="Evaluate a Terraform expression instead.")
@click.option("--module", "module", default="", metavar="ADDRESS", help="The module to evaluate it in, as module.ecs.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@config_options
def command(
    *,
    paths: tuple[Path, ...],
    spec_name: str | None,
    environment: str | None,
    variables: tuple[str, ...],
    tf_var_env: bool,
    workspace: str,
    var_files: tuple[Path, ...],
    parameters: tuple[str, ...],
    module_dirs: tuple[str, ...],
    root: Path | None,
    plan: Path | None,
    pattern: str | None,
    property_path: str | None,
    expression: str | None,
    module: str,
    output: str,
) -> None:
    """Show the resources below PATHS as rules see them: properties, unknowns with reasons, references, origins.

    With --eval, print the value of one expression as `terraform console` would, as JSON: {"value": ...},
    {"unknown": reason} or {"error": message}. Exits 3 when something could not be read, 2 for an expression in error.
    """
    check_paths([*paths, *var_files, *([plan] if plan else [])])
    from asbuilt import reading

    document = load_document(spec_name) if spec_name else None
    options = reading.Options(
        paths=paths,
        environment=environment,
        variables=pairs(variables, "--var"),
        environ=dict(os.environ) if tf_var_env else {},
        workspace=workspace,
        var_files=var_files,
        parameters=parameters,
        module_dirs={source: Path(folder) for source, folder in pairs(module_dirs, "--module-dir").items()},
        root=root,
        plan=plan,
    )
    try:
        if expression is not None:
            answer = reading.evaluate_expression(document, options, expression, module)
            click.echo(json.dumps(answer, ensure_ascii=False, indent=None if output == "json" else 2))
            raise SystemExit(2 if "error" in answer else 0)
        graph = reading.read(document, options, Progress())
    except reading.ScanError as error:
        fail(str(error))
    resources = [r for r in graph.resources if pattern is None or _matches(r, pattern)]
    if not resources:
        fail(f"no resource matches {pattern}" if pattern else "there are no resources below these paths")
    rows = [_row(resource, property_path) for resource in resources]
    if output == "json":
        click.echo(json.dumps({"resources": rows, **_trouble(graph)}, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            click.echo("\n".join(_text(row)))
        for kind, found in _trouble(graph).items():
            for entry in found:
                click.echo(f"{kind[:-1]}: {entry['text']}", err=True)
    incomplete = any(gap.incomplete for gap in graph.gaps) or any(d.severity == "error" for d in graph.diagnostics)
    raise SystemExit(3 if incomplete else 0)


def _matches(resource: Resource, pattern: str) -> bool:
    names = (resource.address, resource.type, resource.native_type)
    return pattern in names or any(fnmatchcase(name, pattern) for name in names)


def _row(resource: Resource, property_path: str | None) -> dict[str, Any]:
    properties = [resource.at(property_path)] if property_path else list(_leaves(resource))
    return {
        "address": resource.address,
        "type": resource.type,
        "native_type": resource.native_type,
        "location": str(resource.location),
        "construct": resource.construct or None,
        "conditional": resource.conditional.reason if resource.conditional is not None else None,
        "properties": [_property(prop, chain=property_path is not None) for prop in properties],
        "references": [
            {
                "attribute": edge.attribute,
                "location": str(edge.location),
                "target": edge.target.partition("//")[2] or edge.target,
                "target_attribute": edge.target_attribute,
            }
            for edge in resource.edges()
        ],
    }


def _leaves(resource: Resource) -> Iterator[Property]:
    """Yield the properties that are no containers, and the empty containers."""
    stack = [resource.at(name) for name in reversed(list(resource.properties))]
    while stack:
        prop = stack.pop()
        structure = getattr(prop.value, "structure", None)
        value = structure if isinstance(structure, dict | list) else prop.value
        if isinstance(value, dict) and value:
            stack.extend(prop.child(key) for key in reversed(value))
        elif isinstance(value, list) and value:
            stack.extend(prop.child(index) for index in reversed(range(len(value))))
        else:
            yield prop


def _property(prop: Property, *, chain: bool) -> dict[str, Any]:
    from asbuilt.masking import printable
    from asbuilt.model import ABSENT, Unknown

    row: dict[str, Any] = {"path": prop.name, "native": prop.resource.native(prop.path)}
    if isinstance(prop.value, Unknown):
        row["unknown"] = prop.value.reason
        row["kind"] = prop.value.kind.value
        row["references"] = [f"{r.target.partition('//')[2]}.{r.attribute}" for r in prop.value.references]
    elif prop.value is ABSENT:
        row["absent"] = True
    else:
        row["value"] = printable(prop, prop.value)
    if chain:
        trace = prop.trace
        row["location"] = str(trace.location)
        row["via"] = [{"what": step.what, "location": str(step.location)} for step in trace.via]
    return row


def _trouble(graph: Graph) -> dict[str, list[dict[str, Any]]]:
    return {
        "gaps": [{"text": f"{g.what}: {g.reason}", "action": g.action} for g in graph.gaps],
        "diagnostics": [
            {"text": f"{d.location or '-'}: {d.severity}: {d.message}", "code": d.code} for d in graph.diagnostics
        ],
    }


def _text(row: dict[str, Any]) -> Iterable[str]:
    from asbuilt_reports.escape import visible

    maybe = f"  (may not exist: {row['conditional']})" if row["conditional"] else ""
    yield visible(f"{row['address']}  {row['type']}  {row['location']}{maybe}")
    if row["construct"]:
        yield visible(f"    construct {row['construct']}")
    for prop in row["properties"]:
        if "unknown" in prop:
            shown = f"(unknown: {prop['unknown']})"
        elif "absent" in prop:
            shown = "(not set)"
        else:
            shown = json.dumps(prop["value"], ensure_ascii=False)
        yield visible(f"    {prop['path']} = {shown}")
        if "location" in prop:
            yield visible(f"        {prop['native']} at {prop['location']}")
        for step in prop.get("via", ()):
            yield visible(f"        from {step['what']} at {step['location']}")
    for edge in row["references"]:
        yield visible(f"    {edge['attribute']} -> {edge['target']}.{edge['target_attribute']}")
