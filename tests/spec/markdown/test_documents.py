"""Whole documents: the same facts in other words, another company, and what is wrong or unclear in a document."""

from __future__ import annotations

from pathlib import Path

import pytest

from asbuilt import scan
from asbuilt.spec import SpecError, load_spec
from asbuilt.spec.compare import differences
from asbuilt.spec.data import leaves
from asbuilt.spec.markdown.catalogue import CATALOGUE
from asbuilt.spec.markdown.write import as_spec

HERE = Path(__file__).parent
PARAPHRASE, BAKERY = HERE / "paraphrase.md", HERE / "bakery.md"


def written(tmp_path, text: str, name: str = "doc.md"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def test_other_words_and_another_order_give_the_facts_of_the_bundled_spec():
    document = load_spec(str(PARAPHRASE))
    assert differences(document, load_spec("broxiva")) == []
    assert [note.location.start_line for note in document.notes] == [3]


@pytest.mark.parametrize("environment", [None, "prod", "staging", "development"])
def test_values_and_identifiers_of_every_environment_are_those_of_the_bundled_spec(environment):
    document, bundled = load_spec(str(PARAPHRASE)).resolve(environment), load_spec("broxiva").resolve(environment)
    paths = [".".join(map(str, path)) for path, _ in leaves(bundled.values())]
    assert len(paths) > 100
    for path in paths:
        assert document.requirement(path).id == bundled.requirement(path).id, path
        assert document.severity(path) == bundled.severity(path), path
        assert document.is_derived(path) == bundled.is_derived(path), path


def test_the_catalogue_has_the_identifiers_of_the_bundled_spec():
    assert [entry.id for entry in CATALOGUE] == [r.id for r in load_spec("broxiva").resolve(None).requirements]


def test_statements_are_quoted_from_the_document_and_point_at_their_line():
    lines = PARAPHRASE.read_text("utf-8").splitlines()
    spec = load_spec(str(PARAPHRASE)).resolve("prod")
    for path, words in {
        "logging.retention_days": "Logs are kept for 14 days in staging and 30 days in production",
        "load_balancer.tls_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "deployment.maximum_percent": "Max percent: 200%",
        "services.api.port": "4000",
    }.items():
        assert words in spec.requirement(path).statement
        assert words in lines[spec.location(path).start_line - 1].replace("`", "")
        assert spec.location(path).file.endswith("paraphrase.md")


def test_each_service_points_at_its_own_row():
    lines = PARAPHRASE.read_text("utf-8").splitlines()
    spec = load_spec(str(PARAPHRASE)).resolve(None)
    for name in spec.services:
        assert f"| {name} |" in lines[spec.location(f"services.{name}.memory").start_line - 1]


def test_a_spec_written_from_a_document_states_the_same(tmp_path):
    for source in (PARAPHRASE, BAKERY):
        document = load_spec(str(source))
        copy = written(tmp_path, as_spec(document), "spec.yaml")
        assert differences(document, load_spec(str(copy))) == []
        assert as_spec(document) == as_spec(load_spec(str(source)))


def test_another_company_half_the_sections_and_no_environments():
    spec = load_spec(str(BAKERY)).resolve(None)
    assert spec.name == "crumbs"
    assert load_spec(str(BAKERY)).environments() == ()
    assert spec.region == "eu-central-1"
    front = spec.services["storefront"]
    assert (front.cpu, front.memory, front.tasks.min, front.tasks.max) == (1024, 3072, 3, 9)
    assert (spec.services["oven-control"].cpu, spec.services["oven-control"].memory) == (256, 512)
    assert spec.services["ledger"].memory is None
    assert spec.network.subnets["app"].cidrs == ("10.20.0.0/20", "10.20.16.0/20", "10.20.32.0/20")
    assert [rule.service for rule in spec.load_balancer.rules] == ["storefront", "order-desk"]
    assert spec.load_balancer.default_priority is None
    assert spec.value("capacity.spot_share") == {"batch": 0.7}
    assert spec.logging.retention_days == 365


def test_what_is_denied_planned_or_in_code_is_no_statement():
    spec = load_spec(str(BAKERY)).resolve(None)
    for path in ("logging.kms", "cdn", "database", "cache"):
        assert spec.value(path) is None, path
    assert spec.value("deployment.circuit_breaker") is False


def test_a_list_of_permissions_that_is_not_understood_is_left_out():
    spec = load_spec(str(BAKERY)).resolve(None)
    assert spec.value("iam.task_role.permissions") is None
    assert spec.value("iam.execution_role.permissions") is not None


def test_what_is_not_understood_is_listed_with_its_line():
    lines = BAKERY.read_text("utf-8").splitlines()
    notes = load_spec(str(BAKERY)).notes
    listed = {lines[note.location.start_line - 1] for note in notes}
    for line in (
        "- Logs are not encrypted with KMS",
        "- There is no CloudFront",
        "- Data subnets: 10.20.128.0/24 - 10.20.120.0/24",
        "- Database: MySQL (3306) from the moon",
        "- We use 3 availability zones (eu-central-1a, eu-central-1b)",
        "- Full access to DynamoDB",
        "- ElastiCache for Redis in cluster mode",
    ):
        assert line in listed, line
    messages = "\n".join(note.message for note in notes)
    assert "the RAM of ledger is not understood: many" in messages
    assert "the column “Owner”" in messages


def test_every_line_of_prose_or_list_is_either_stated_or_listed():
    for path in (PARAPHRASE, BAKERY):
        document = load_spec(str(path))
        known = {where.start_line for where in document._content.values.values()}
        known |= {row.start_line for row in document._content.keys.values()}
        known |= {note.location.start_line for note in document.notes}
        bullets = [n for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if line.startswith("- ")]
        quoted = "\n".join(r.statement for r in document.resolve(None).requirements)
        lines = path.read_text("utf-8").splitlines()
        assert bullets
        for number in bullets:
            assert number in known or lines[number - 1][2:].replace("`", "").replace("**", "") in quoted, lines[
                number - 1
            ]


def test_a_contradiction_keeps_the_first_and_is_listed(tmp_path):
    path = written(tmp_path, "# Shop\n\n- Log retention: 30 days\n- We keep logs for 14 days\n")
    document = load_spec(str(path))
    assert document.resolve(None).logging.retention_days == 30
    (note,) = document.notes
    assert note.location.start_line == 4
    assert note.message == "logging.retention_days is 14 here and 30 on line 3"


def test_a_diagram_that_names_another_port_is_listed(tmp_path):
    text = "# S\n\n```\n+-----+\n| api |\n|:9000|\n+-----+\n```\n\n| Service | Port |\n|---|---|\n| api | 4000 |\n"
    notes = load_spec(str(written(tmp_path, text))).notes
    assert [note.message for note in notes] == ["api has port 9000 here; the inventory says 4000"]


def test_an_impossible_value_is_an_error_at_its_line(tmp_path):
    path = written(tmp_path, "# Shop\n\nIntro.\n\n- Log retention: 42 days\n")
    with pytest.raises(SpecError) as caught:
        load_spec(str(path))
    (problem,) = caught.value.problems
    assert problem.location.start_line == 5
    assert "42 days" in problem.message


@pytest.mark.parametrize("text", ["", "# Title only\n", "Nothing here states anything at all.\n"])
def test_a_document_without_statements_is_refused(tmp_path, text):
    with pytest.raises(SpecError, match="nothing in this document is understood"):
        load_spec(str(written(tmp_path, text)))


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path):
    path = tmp_path / "doc.md"
    path.write_bytes(b"# Shop\n\n\xff\n")
    with pytest.raises(SpecError, match="not UTF-8") as caught:
        load_spec(str(path))
    assert caught.value.problems[0].location.start_line == 3


def test_values_said_of_some_environments_are_not_taken_over_by_others(tmp_path):
    text = (
        "# Shop\n\n- Log retention: 30 days (prod), 14 days (staging)\n- VPC: 10.0.0.0/16 (production)\n"
        "- Staging: 25% of production\n- QA: minimum resources\n"
    )
    document = load_spec(str(written(tmp_path, text)))
    assert document.environments() == ("prod", "staging", "qa")
    assert document.resolve("staging").logging.retention_days == 14
    assert document.resolve("staging").network.vpc_cidr is None
    assert document.resolve("qa").logging.retention_days is None


def test_a_check_says_what_of_the_document_it_did_not_understand(tmp_path):
    (tmp_path / "main.tf").write_text(
        'resource "aws_cloudwatch_log_group" "a" {\n  name = "/crumbs/ledger"\n}\n', "utf-8"
    )
    document = load_spec(str(BAKERY))
    results = scan.check(document, document.resolve(None), scan.Options(paths=[tmp_path], root=tmp_path))
    said = [d for d in results.diagnostics if d.code == "spec-not-understood"]
    assert [d.message for d in said] == [note.message for note in document.notes]
    (finding,) = [f for f in results.findings if f.rule == "log-group-retention"]
    assert finding.verdict.value == "fail"
    assert finding.requirement.id == "MON-3"
    assert "kept for one year" in finding.requirement.statement
    assert finding.requirement.location.file.endswith("bakery.md")


def test_what_is_said_of_another_environment_is_not_said_of_production(tmp_path):
    text = (
        "# Shop\n\n- Production: full capacity with auto-scaling of all services\n- Region: eu-west-1\n"
        "- Staging has RDS for PostgreSQL in Multi-AZ\n- Logs of staging are encrypted with KMS\n"
        "- Disaster recovery region: us-west-2\n\n"
        "## Staging\n\n- Log retention: 3 days\n\n| Service | Port |\n|---|---|\n| api | 1 |\n"
    )
    document = load_spec(str(written(tmp_path, text)))
    spec = document.resolve("prod")
    for path in ("database", "logging", "services"):
        assert spec.value(path) is None, path
    assert spec.region == "eu-west-1"
    assert [note.location.start_line for note in document.notes] == [5, 6, 7, 11, 15]


def test_findings_against_the_document_are_those_against_the_bundled_spec():
    root = HERE.parents[2] / "fixtures" / "broxiva" / "drifted"

    def findings(name):
        document = load_spec(name)
        results = scan.check(document, document.resolve("prod"), scan.Options(paths=[root], environment="prod"))
        return [(f.id, f.verdict, f.severity, f.requirement.id, f.message) for f in results.findings]

    found = findings(str(PARAPHRASE))
    assert len(found) > 100
    assert sorted(found) == sorted(findings("broxiva"))
