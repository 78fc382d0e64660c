"""A minimal evaluator over the syntax tree: names are looked up in one mapping.

The tables of the oracle hold the values, operators and functions to Terraform through it, whatever the real evaluator
does around them (scopes, laziness, positions).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown
from asbuilt.sources.terraform import operators, syntax
from asbuilt.sources.terraform.access import splat_result
from asbuilt.sources.terraform.convert import convert
from asbuilt.sources.terraform.functions import DiskContext, call
from asbuilt.sources.terraform.parser import parse_expression, parse_template
from asbuilt.sources.terraform.syntax import SourceFile
from asbuilt.sources.terraform.typesys import BOOL, STRING
from asbuilt.sources.terraform.values import EvalError, derived, is_wholly_known, mark, unmark

if TYPE_CHECKING:
    from pathlib import Path


class Files(DiskContext):
    def render_template(self, source: str, variables: dict[str, Any], name: str) -> Any:
        tree, problems = parse_template(SourceFile(name, source))
        if problems:
            raise EvalError(problems[0].message)
        return Evaluator(self, variables).value(tree)


def evaluate(text: str, directory: Path, names: dict[str, Any] | None = None) -> Any:
    tree, problems = parse_expression(SourceFile("expression", text))
    if any(problem.severity == "error" for problem in problems):
        raise EvalError(problems[0].message)
    return Evaluator(Files(directory), names or {}).value(tree)


class Evaluator:
    def __init__(self, files: Files, names: dict[str, Any], element: Any = None) -> None:
        self.files, self.names, self.element = files, names, element

    def value(self, node: syntax.Expr) -> Any:
        return getattr(self, "_" + type(node).__name__.lower())(node)

    def _errorexpr(self, node: syntax.ErrorExpr) -> Any:
        raise EvalError(node.message)

    def _literal(self, node: syntax.Literal) -> Any:
        return node.value

    def _parens(self, node: syntax.Parens) -> Any:
        return self.value(node.inner)

    def _name(self, node: syntax.Name) -> Any:
        if node.name not in self.names:
            raise EvalError(f"no {node.name}")
        return self.names[node.name]

    def _splatelement(self, node: syntax.SplatElement) -> Any:
        return self.element

    def _getattr(self, node: syntax.GetAttr) -> Any:
        return operators.attribute(self.value(node.base), node.name)

    def _index(self, node: syntax.Index) -> Any:
        return operators.index(self.value(node.base), self.value(node.key))

    def _unary(self, node: syntax.Unary) -> Any:
        return operators.unary(node.op, self.value(node.operand))

    def _binary(self, node: syntax.Binary) -> Any:
        return operators.binary(node.op, self.value(node.left), self.value(node.right))

    def _conditional(self, node: syntax.Conditional) -> Any:
        return operators.conditional(self.value(node.condition), self.value(node.then), self.value(node.otherwise))

    def _tuple(self, node: syntax.Tuple) -> Any:
        return [self.value(item) for item in node.items]

    def _object(self, node: syntax.Object) -> Any:
        return self._make_object([(self.value(item.key), self.value(item.value)) for item in node.items])

    def _make_object(self, pairs: list[tuple[Any, Any]], *, group: bool = False, strict: bool = False) -> Any:
        made: dict[str, Any] = {}
        marked, unknown = False, []
        for key, value in pairs:
            key, key_marked = unmark(key)
            marked = marked or key_marked
            if key is None:
                raise EvalError("Can't use a null value as a key.")
            key = convert(key, STRING)
            if isinstance(key, Unknown):
                unknown.append(key)
            elif group:
                made.setdefault(key, []).append(value)
            elif strict and key in made:
                raise EvalError(f'Two different items produced the key "{key}"')
            else:
                made[key] = value
        return mark(derived(unknown) if unknown else made, marked)

    def _splat(self, node: syntax.Splat) -> Any:
        base = self.value(node.base)
        elements, marked = operators.splat_elements(base)
        if isinstance(elements, Unknown):
            return mark(derived([elements]), marked)
        results = [Evaluator(self.files, self.names, element).value(node.each) for element in elements]
        return mark(splat_result(base, results), marked)

    def _call(self, node: syntax.Call) -> Any:
        if node.name == "try" or node.name == "can":
            return self._try(node)
        args = [self.value(arg) for arg in node.args]
        if node.expand:
            last, marked = unmark(args.pop())
            if isinstance(last, Unknown):
                return derived([last])
            args += [mark(item, marked) for item in last]
        return call(node.name, args, self.files)

    def _try(self, node: syntax.Call) -> Any:
        for arg in node.args:
            try:
                value = self.value(arg)
            except EvalError:
                continue
            if node.name == "try":
                return value if is_wholly_known(value) else derived([value])
            return True if is_wholly_known(value) else derived([value], BOOL)
        if node.name == "can":
            return False
        raise EvalError("no expression succeeded")

    def _for(self, node: syntax.For) -> Any:
        pairs, marked = operators.iterate(self.value(node.collection))
        if isinstance(pairs, Unknown):
            return mark(derived([pairs]), marked)
        found: list[tuple[Any, Any]] = []
        unknown: list[Any] = []
        for key, value in pairs:
            names = {**self.names, node.value: value, **({node.key: key} if node.key else {})}
            inner = Evaluator(self.files, names)
            if node.condition is not None:
                keep, keep_marked = unmark(operators.truth(inner.value(node.condition)))
                marked = marked or keep_marked
                if isinstance(keep, Unknown):
                    unknown.append(keep)
                    continue
                if not keep:
                    continue
            found.append((inner.value(node.key_expr) if node.key_expr else None, inner.value(node.value_expr)))
        if unknown:
            return mark(derived(unknown), marked)
        if node.key_expr is None:
            return mark([value for _, value in found], marked)
        return mark(self._make_object(found, group=node.group, strict=True), marked)

    def _template(self, node: syntax.Template) -> Any:
        if node.wrap:
            return self.value(node.parts[0])
        return self._join(node.parts)

    def _join(self, parts: list[str | syntax.Expr]) -> Any:
        return operators.concatenate([part if isinstance(part, str) else self.value(part) for part in parts])

    def _templateif(self, node: syntax.TemplateIf) -> Any:
        return operators.conditional(self.value(node.condition), self._join(node.then), self._join(node.otherwise))

    def _templatefor(self, node: syntax.TemplateFor) -> Any:
        pairs, marked = operators.iterate(self.value(node.collection))
        if isinstance(pairs, Unknown):
            return mark(derived([pairs], STRING), marked)
        parts = [
            Evaluator(self.files, {**self.names, node.value: value, **({node.key: key} if node.key else {})})._join(
                node.body
            )
            for key, value in pairs
        ]
        return mark(operators.concatenate(parts), marked)
