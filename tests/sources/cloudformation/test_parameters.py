"""Values of parameters: types, files in every form, the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from asbuilt.cli import main
from asbuilt.model import Unknown, UnknownKind
from asbuilt.scan import ScanError
from asbuilt.sources.cloudformation.reading import samconfig
from asbuilt.sources.cloudformation.reading.parameter_files import read_parameters
from asbuilt.sources.cloudformation.reading.samconfig import in_toml
from sources.cloudformation.templates import codes, graph_of, resource, scan, write

TEMPLATE = """
    Parameters:
      Name: {Type: String, Default: api}
      Days: {Type: Number, Default: "30"}
      Zones: {Type: CommaDelimitedList, Default: "a, b"}
      Ids: {Type: "List<AWS::EC2::Subnet::Id>"}
      Ports: {Type: List<Number>, Default: "80,443"}
      Image: {Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /ami}
      Secret: {Type: String, NoEcho: true}
      Size: {Type: String, AllowedValues: [s, m]}
    Resources:
      R:
        Type: Custom::R
        Properties:
          Name: !Ref Name
          Days: !Ref Days
          Zones: !Ref Zones
          Ids: !Ref Ids
          Ports: !Ref Ports
          Image: !Ref Image
          Secret: !Ref Secret
          Text: !Sub "x${Secret}"
          Size: !Sub "${Size}x"
          Region: !Ref AWS::Region
          Partition: !Ref AWS::Partition
          Account: !Ref AWS::AccountId
          Suffix: !Ref AWS::URLSuffix
"""
FORMS = {
    "cli.json": '[{"ParameterKey": "Name", "ParameterValue": "web"},\n{"ParameterKey": "Days", "X": true}]',
    "short.json": '["Name=web"]',
    "pipeline.json": '{"Parameters": {\n"Name": "web"}, "Tags": {"a": "b"}}',
    "plain.json": '{"Name": "web"}',
    "plain.yaml": "# one\nName: web\n",
    "samconfig.toml": 'version = 0.1\n[default.deploy.parameters]\nparameter_overrides = "Name=\\"web\\" Days=7"\n',
    "list.toml": 'version = 0.1\n[default.deploy.parameters]\nparameter_overrides = ["Name=web"]\n',
    "table.toml": '[x]\nName="y"\n[default.deploy.parameters]\nparameter_overrides = {X="Name=z", Name = "web"}\n',
    "samconfig.yaml": "version: 0.1\ndefault:\n deploy:\n  parameters:\n   parameter_overrides: Name=web Days=7\n",
    "list.yaml": "default:\n global:\n  parameters:\n   parameter_overrides:\n   - Days=7\n   - Name=web\n",
    "long.toml": '[default.deploy.parameters]\nparameter_overrides = "ParameterKey=Name,ParameterValue=web"\n',
}
LINES = {"cli.json": 1, "pipeline.json": 2, "plain.yaml": 2, "samconfig.toml": 3, "list.toml": 3, "long.toml": 2}
LINES |= {"table.toml": 4, "samconfig.yaml": 5, "list.yaml": 6}


def test_values_have_the_types_declared(tmp_path: Path) -> None:
    found = resource(graph_of(tmp_path, TEMPLATE), "R")
    assert found.get("Name") == "api"
    assert found.get("Days") == 30
    assert found.get("Zones") == ["a", "b"]
    assert found.get("Ports") == [80, 443]


def test_what_has_no_value_says_why(tmp_path: Path) -> None:
    found = resource(graph_of(tmp_path, TEMPLATE), "R")
    for name, kind, reason in (
        ("Ids", UnknownKind.VARIABLE, "the parameter Ids has no value"),
        ("Image", UnknownKind.DATA_SOURCE, "the parameter Image is read from the SSM parameter /ami at deployment"),
        ("Region", UnknownKind.VARIABLE, "AWS::Region is known at deployment only"),
        ("Account", UnknownKind.VARIABLE, "AWS::AccountId is known at deployment only"),
    ):
        value = found.get(name)
        assert isinstance(value, Unknown)
        assert (value.kind, value.reason) == (kind, reason)
    assert found.get("Size").arms == ("sx", "mx")


def test_what_is_not_echoed_is_sensitive(tmp_path: Path) -> None:
    found = resource(graph_of(tmp_path, TEMPLATE), "R")
    assert found.at("Secret").sensitive
    assert isinstance(found.get("Secret"), Unknown)
    found = resource(graph_of(tmp_path, TEMPLATE, "Secret=hunter2"), "R")
    assert (found.get("Text"), found.at("Text").sensitive) == ("xhunter2", True)
    done = CliRunner().invoke(main, ["inspect", str(tmp_path), "--parameters", "Secret=hunter2"])
    assert "hunter2" not in done.output


def test_the_region_decides_the_partition(tmp_path: Path) -> None:
    found = resource(graph_of(tmp_path, TEMPLATE, "AWS::Region=cn-north-1"), "R")
    assert (found.region, found.get("Region")) == ("cn-north-1", "cn-north-1")
    assert (found.get("Partition"), found.get("Suffix")) == ("aws-cn", "amazonaws.com.cn")


@pytest.mark.parametrize("form", FORMS)
def test_files_in_every_form_give_values(form: str, tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    write(tmp_path, {form: FORMS[form]})
    write(folder, {"main.yaml": TEMPLATE})
    prop = resource(scan(folder, parameters=[str(tmp_path / form)]), "R").at("Name")
    assert prop.value == "web"
    [step] = prop.trace.via
    assert (step.location.file, step.location.start_line) == (str(tmp_path / form), LINES.get(form, 1))


def test_the_last_one_counts(tmp_path: Path) -> None:
    write(tmp_path / "p", {"a.json": '{"Name": "a", "Days": "1"}', "b.json": '{"Name": "b"}'})
    write(tmp_path / "t", {"main.yaml": TEMPLATE})
    given = [str(tmp_path / "p/a.json"), str(tmp_path / "p/b.json"), "Days=2"]
    found = resource(scan(tmp_path / "t", parameters=given), "R")
    assert (found.get("Name"), found.get("Days")) == ("b", 2)


def test_a_samconfig_has_values_for_each_environment(tmp_path: Path) -> None:
    text = "".join(f'[{env}.deploy.parameters]\nparameter_overrides = "Name={env}"\n' for env in ("default", "prod"))
    write(tmp_path / "p", {"samconfig.toml": text})
    write(tmp_path / "t", {"main.yaml": TEMPLATE})
    for environment, name in ((None, "default"), ("prod", "prod"), ("test", "default")):
        graph = scan(tmp_path / "t", parameters=[str(tmp_path / "p/samconfig.toml")], environment=environment)
        assert resource(graph, "R").get("Name") == name


@pytest.mark.parametrize(
    ("overrides", "place"),
    [
        ('"Stage=Days Days=7"', "Days=7"),
        ('"NotDays=1 Days=7"', " Days=7"),
        ('"Days=1 Days=7"', " Days=7"),
        ('["Other=Days=2", "Days=7"]', "Days=7"),
        ('"ParameterKey=Days,ParameterValue=7"', "Days,ParameterValue=7"),
        ('{ Other = "Days=1", Days = 7 }', "Days = 7"),
        ('{ Days = "7" }', 'Days = "7'),
        ("'Days=\"7\"'", "Days="),
    ],
)
def test_a_value_of_samconfig_has_its_own_place(overrides: str, place: str, tmp_path: Path) -> None:
    head = '# Days=7\n[default.build.parameters]\nparameter_overrides = "Days=8"\n[default.deploy.parameters]\n'
    line = f"parameter_overrides = {overrides}"
    write(tmp_path, {"samconfig.toml": f'{head}stack_name = "Days=7"\n{line}\n'})
    given, _ = read_parameters([str(tmp_path / "samconfig.toml")], None)
    assert given["Days"].value == "7"
    where = given["Days"].location
    start, end = line.index(place) + len(place) - len(place.lstrip()), line.index(place) + len(place)
    assert (where.start_line, where.start_column, where.end_line, where.end_column) == (6, start + 1, 6, end + 1)


def test_places_are_looked_for_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {f"P{at}": "x" for at in range(400)}
    said = " ".join(f"{name}={value}" for name, value in given.items())
    text = f'[default.deploy.parameters]\nparameter_overrides = "{said}"\n'
    reads: list[int] = []

    def counted(text: str, environment: str | None) -> dict[str, str]:
        reads.append(len(text))
        return in_toml(text, environment)

    monkeypatch.setattr(samconfig, "in_toml", counted)
    monkeypatch.setattr(samconfig, "_MAX_READ", 100 * len(text))
    found = samconfig.places(text, None, given)
    assert 10 < len(reads) <= 100
    assert found.keys() == given.keys()
    assert (found["P0"], found["P399"]) == ((2, 24, 2, 28), (1, 1, 1, 1))


def test_names_that_no_template_has_are_told(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, TEMPLATE, "Nmae=web")
    assert codes(graph) == {"unknown-parameter"}
    assert "Nmae" in graph.diagnostics[0].message


@pytest.mark.parametrize("text", ["[1]", "[", "7", '{"Name": {"a": 1}}', '[{"ParameterValue": "x"}]', "\t- x", "\xff"])
def test_a_file_that_is_wrong_stops_the_run(text: str, tmp_path: Path) -> None:
    write(tmp_path / "t", {"main.yaml": TEMPLATE})
    (tmp_path / "p.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ScanError, match=r"p\.json"):
        scan(tmp_path / "t", parameters=[str(tmp_path / "p.json")])


@pytest.mark.parametrize(
    "text", ["x", "", "[default.deploy]\n", "[default.deploy.parameters]\nparameter_overrides = 'x'"]
)
def test_a_samconfig_that_is_wrong_stops_the_run(text: str, tmp_path: Path) -> None:
    write(tmp_path / "t", {"main.yaml": TEMPLATE})
    write(tmp_path, {"samconfig.toml": text})
    with pytest.raises(ScanError, match=r"samconfig\.toml"):
        scan(tmp_path / "t", parameters=[str(tmp_path / "samconfig.toml")])


def test_a_file_that_is_not_there_stops_the_run(tmp_path: Path) -> None:
    write(tmp_path, {"main.yaml": TEMPLATE})
    done = CliRunner().invoke(main, ["inspect", str(tmp_path), "--parameters", str(tmp_path / "no.json")])
    assert done.exit_code == 2
    assert "no.json" in done.output
