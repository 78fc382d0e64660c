"""Whatever its encoding, line ends and suffix, a template is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.cloudformation.templates import codes, scan

TEXT = "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: Ä}\n"
FILES = {
    "UTF-16": ("a.yaml", TEXT.encode("utf-16")),
    "UTF-16, the other way round": ("a.yaml", b"\xfe\xff" + TEXT.encode("utf-16-be")),
    "a byte order mark": ("a.yaml", TEXT.encode("utf-8-sig")),
    "a byte order mark in JSON": (
        "a.json",
        b'\xef\xbb\xbf{"Resources": \n\n{"T": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "\xc3\x84"}}}}',
    ),
    "CRLF": ("a.yaml", TEXT.replace("\n", "\r\n").encode()),
    "CR": ("a.yaml", TEXT.replace("\n", "\r").encode()),
    "a suffix in capitals": ("A.YAML", TEXT.encode()),
}


@pytest.mark.parametrize("case", FILES)
def test_a_template_is_read(case: str, tmp_path: Path) -> None:
    name, content = FILES[case]
    (tmp_path / name).write_bytes(content)
    graph = scan(tmp_path)
    [topic] = graph.resources
    assert topic.get("DisplayName") == "Ä"
    assert topic.at("DisplayName").trace.location.start_line in (3, 4)
    assert not graph.diagnostics


def test_one_that_is_too_large_is_told_wherever_its_resources_stand(tmp_path: Path) -> None:
    text = '{"Metadata": "' + "x" * 17_000_000 + '", "Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
    (tmp_path / "big.json").write_text(text, "utf-8")
    assert codes(scan(tmp_path)) == {"template-too-large"}
