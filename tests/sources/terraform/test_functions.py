from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.model import Reference, Sensitive, Unknown, UnknownKind
from asbuilt.sources.terraform.functions import FUNCTIONS, DiskContext, call, re2
from asbuilt.sources.terraform.functions.re2_machine import run
from asbuilt.sources.terraform.language.values import EvalError, LimitError, OutsideError, number_from_text, unknown

HERE = Path(__file__).parent
U = unknown(UnknownKind.COMPUTED, "known after apply", references=(Reference("a.b", "c"),), exact=True, type_="string")

# `terraform metadata functions` of 1.11, without `try` and `can`, which the evaluator has.
ALL = re.findall(
    r"\w+",
    """
    abs abspath alltrue anytrue base64decode base64encode base64gzip base64sha256 base64sha512 basename bcrypt ceil
    chomp chunklist cidrhost cidrnetmask cidrsubnet cidrsubnets coalesce coalescelist compact concat contains csvdecode
    dirname distinct element endswith ephemeralasnull file filebase64 filebase64sha256 filebase64sha512 fileexists
    filemd5 fileset filesha1 filesha256 filesha512 flatten floor format formatdate formatlist indent index issensitive
    join jsondecode jsonencode keys length log lookup lower matchkeys max md5 merge min nonsensitive one parseint
    pathexpand plantimestamp pow range regex regexall replace reverse rsadecrypt sensitive setintersection setproduct
    setsubtract setunion sha1 sha256 sha512 signum slice sort split startswith strcontains strrev substr sum
    templatefile templatestring textdecodebase64 textencodebase64 timeadd timecmp timestamp title tobool tolist tomap
    tonumber toset tostring transpose trim trimprefix trimspace trimsuffix upper urlencode uuid uuidv5 values
    yamldecode yamlencode zipmap
    """,
)


def run_function(name: str, *args: Any, directory: Path = HERE) -> Any:
    return call(name, args, DiskContext(directory))


def test_every_function_is_there() -> None:
    assert [name for name in ALL if name not in FUNCTIONS] == []


def test_every_signature_can_be_read() -> None:
    for name, function in FUNCTIONS.items():
        written = function.signature.removeprefix(f"{name}(")
        assert len(function.taken.parameters) + (function.taken.rest is not None) == written.count(": ")


def test_reasons_and_references_survive() -> None:
    result = run_function("upper", U)
    assert (result.kind, result.reason, result.type, result.exact) == (U.kind, U.reason, "string", False)
    assert result.references == U.references


def test_jsonencode_keeps_the_tree() -> None:
    result = run_function("jsonencode", [{"image": U, "port": 4000}])
    assert (result.type, result.prefix, result.suffix) == ("string", "[", "]")
    assert result.structure == [{"image": U, "port": 4000}]
    assert run_function("jsondecode", result) == [{"image": U, "port": 4000}]


@pytest.mark.parametrize(
    ("name", "args"),
    [("merge", ({"a": 1}, U)), ("coalesce", (None, U)), ("concat", ([1], U)), ("lookup", (U, "a", 2)), ("keys", (U,))],
)
def test_nothing_is_made_up(name: str, args: tuple[Any, ...]) -> None:
    loose = [unknown(UnknownKind.VARIABLE, "no value") if value is U else value for value in args]
    assert isinstance(run_function(name, *loose), Unknown)


@pytest.mark.parametrize("name", ["timestamp", "uuid", "plantimestamp"])
def test_impure_ones_are_unknown(name: str) -> None:
    assert run_function(name).kind == UnknownKind.IMPURE


def test_both_arms_go_through_a_function() -> None:
    either = Unknown(UnknownKind.CONDITION, "which arm is unknown", arms=("a", "b"), type="string")
    assert run_function("upper", either).arms == ("A", "B")
    assert run_function("length", either) == 1


def test_sensitive_arguments_make_sensitive_results() -> None:
    assert run_function("upper", Sensitive("a")) == Sensitive("A")
    assert run_function("merge", {"a": Sensitive(1)}, {"b": 2}) == {"a": Sensitive(1), "b": 2}
    assert isinstance(run_function("upper", Sensitive(U)), Sensitive)


def test_the_root_is_not_left(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret").write_text("x")
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "dir").symlink_to(tmp_path)
    for path in ("../secret", str(tmp_path / "secret"), "link", "dir/secret", "~/x"):
        for name in ("file", "fileexists", "filebase64", "filesha256"):
            with pytest.raises(OutsideError):
                run_function(name, path, directory=root)
    assert list(run_function("fileset", ".", "**", directory=root)) == []


BIG = "a" * 3_000_000


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("join", (BIG, ["x"] * 10)),
        ("replace", (BIG[:10_000], "a", BIG[:10_000])),
        ("replace", (BIG[:10_000], "/a/", BIG[:10_000])),
        ("format", ("%999999999d", 1)),
        ("indent", (10**9, "a\nb")),
        ("setproduct", ([*range(1000)], [*range(1000)])),
        ("jsondecode", ("[" * 5000 + "]" * 5000,)),
        ("yamldecode", ("[" * 300 + "]" * 300,)),
        ("regex", ("a", BIG)),
        ("regex", ("((a{0,30}){0,30}b?)*$", "a" * 5000 + "!")),
        ("tonumber", ("1e99999",)),
        ("format", ("%s" * 10, *["b" * 2_000_000] * 10)),
    ],
)
def test_bounds(name: str, args: tuple[Any, ...]) -> None:
    with pytest.raises(LimitError):
        run_function(name, *args)


def test_alias_bombs_are_a_limit() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(LimitError):
        run_function("yamldecode", "\n".join(lines))


def test_what_would_backtrack_for_ever_runs_on_the_machine() -> None:
    with pytest.raises(EvalError, match="did not match"):
        run_function("regex", "^(a+)+$", "a" * 2000 + "!")
    assert run_function("regex", "^(a|aa)+$", "a" * 301) == ["a"]


PATTERNS = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "^", "$", r"\b", "c", r"\w"]),
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("({}|{})".format, inner, inner),
        st.builds("(?:{}){}".format, inner, st.sampled_from(["?", "+?", "{1,2}", "{2}"])),
        st.builds("[abc]{}{}".format, st.sampled_from(["*", "+", "*?", "?"]), inner),
    ),
    max_leaves=6,
)


@given(PATTERNS, st.text("abc\n", max_size=8))
def test_the_machine_finds_what_python_finds(source: str, text: str) -> None:
    pattern = re2.compile_pattern(source)
    found = pattern.search(text)
    assert (run(pattern.tree, pattern.groups, text, 0) or [None])[0] == (found or [None])[0]


@pytest.mark.parametrize(
    "pattern", ["(?=a)", "(?!a)", "(?<=a)", r"(a)\1", "a**", "a++", "(?>a)", "(?P=n)", r"\Z", "a{1001}"]
)
def test_what_re2_rejects_is_rejected(pattern: str) -> None:
    with pytest.raises(EvalError):
        re2.compile_pattern(pattern)


def test_numbers_travel_exactly_through_json() -> None:
    text = "0.1234567890123456789012345678901234567890"
    assert run_function("jsonencode", run_function("jsondecode", text)) == text.rstrip("0")
    assert run_function("jsondecode", text) == number_from_text(text)


def test_fileset_and_digests(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.json").write_text("{}")
    (tmp_path / "y.txt").write_text("hi")
    assert list(run_function("fileset", ".", "**/*.json", directory=tmp_path)) == ["a/x.json"]
    assert re.fullmatch("[0-9a-f]{32}", run_function("filemd5", "y.txt", directory=tmp_path))
