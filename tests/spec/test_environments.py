"""What the values of the other environments are, and which of them were derived."""

from __future__ import annotations

from pathlib import Path

import pytest

from asbuilt.spec import SpecError, load_spec
from asbuilt.spec.environments.paths import environment_of

# Half of production: CPU and memory up to the next size Fargate has (never below 256/512), tasks rounded up.
STAGING = {
    "api": (1024, 2048, 3, 10),
    "web": (512, 1024, 3, 8),
    "ai-engine": (256, 512, 1, 5),
    "recommendation": (256, 512, 1, 5),
    "search": (256, 512, 1, 5),
    "notification": (256, 512, 1, 5),
    "inventory": (256, 512, 1, 5),
    "pricing": (256, 512, 1, 3),
    "analytics": (256, 512, 1, 3),
    "chatbot": (256, 512, 1, 3),
    "fraud-detection": (256, 512, 1, 3),
    "media": (256, 512, 1, 3),
    "personalization": (256, 512, 1, 3),
    "supplier-integration": (256, 512, 1, 3),
    "ai-agents": (256, 512, 1, 3),
}


@pytest.fixture(scope="module")
def document():
    return load_spec("broxiva")


@pytest.fixture(scope="module")
def staging(document):
    return document.resolve("staging")


def sizes(spec):
    return {n: (s.cpu, s.memory, s.tasks.min, s.tasks.max) for n, s in spec.services.items()}


def test_staging_has_half_of_production(staging):
    assert sizes(staging) == STAGING


def test_staging_subnets_keep_their_offsets(staging):
    assert staging.network.vpc_cidr == "10.1.0.0/16"
    assert {name: tier.cidrs for name, tier in staging.network.subnets.items()} == {
        "public": ("10.1.101.0/24", "10.1.102.0/24", "10.1.103.0/24"),
        "private": ("10.1.1.0/24", "10.1.2.0/24", "10.1.3.0/24"),
        "database": ("10.1.201.0/24", "10.1.202.0/24", "10.1.203.0/24"),
    }


def test_staging_names_hold_the_environment(staging):
    assert staging.discovery.namespace == "broxiva-staging.local"
    assert staging.logging.log_group == "/aws/ecs/broxiva-staging/${service}"
    assert staging.expand(staging.logging.log_group, service="api") == "/aws/ecs/broxiva-staging/api"


@pytest.mark.parametrize(
    ("path", "derived", "id_"),
    [
        ("services.api.cpu", True, "COST-4"),
        ("services.*.cpu", True, "COST-4"),
        ("services.api.tasks", True, "COST-4"),
        ("services.api.port", False, "INV-2"),
        ("services.api", False, "INV-1"),
        ("services", False, "INV-1"),
        ("network.subnets.public.cidrs", True, "NET-4"),
        ("network.subnets.public.cidrs.0", True, "NET-4"),
        ("network.subnets.*.cidrs", True, "NET-4"),
        ("network.subnets.public.default_route", False, "NET-5"),
        ("network.vpc_cidr", False, "NET-2"),
        ("discovery.namespace", True, "SD-1"),
        ("logging.log_group", True, "MON-2"),
        ("logging.retention_days", False, "MON-3"),
    ],
)
def test_what_is_derived_in_staging(staging, path, derived, id_):
    assert (staging.is_derived(path), staging.requirement(path).id) == (derived, id_)


def line_of(spec, path):
    location = spec.location(path)
    return Path(location.file).read_text().split("\n")[location.start_line - 1].strip()


def test_a_value_of_staging_stands_in_its_own_section(document, staging):
    assert line_of(staging, "logging.retention_days") == "retention_days: 14"
    assert line_of(staging, "network.vpc_cidr").startswith("vpc_cidr: 10.1.0.0/16")
    assert line_of(document.resolve("prod"), "logging.retention_days") == "retention_days: 30"
    assert line_of(staging, "services.api.cpu").startswith("api: ")


def test_development_has_the_smallest_sizes_and_states_no_network(document):
    spec = document.resolve("development")
    assert set(sizes(spec).values()) == {(256, 512, 1, None)}
    assert spec.value("network.vpc_cidr") is None
    assert spec.value("network.subnets.*.cidrs") is None
    assert spec.value("logging.retention_days") is None
    assert spec.value("database.multi_az") is None
    assert spec.value("database.encrypted") is True
    assert spec.requirement("services.api.cpu").id == "COST-5"


def test_base_values_keep_the_placeholder(document):
    spec = document.resolve(None)
    assert spec.environment is None
    assert spec.discovery.namespace == "broxiva-${environment}.local"
    pattern = spec.pattern(spec.logging.log_group, service="api")
    assert pattern.fullmatch("/aws/ecs/broxiva-qa/api")
    assert not pattern.fullmatch("/aws/ecs/broxiva-qa/web")
    assert not pattern.fullmatch("/aws/ecs/broxiva-qa/x/api")


def test_an_environment_is_known_by_its_other_names(document):
    assert document.resolve("production").environment == "prod"
    assert document.resolve("prod").environment_names == (
        *("prod", "production", "prd", "staging", "stage", "stg", "development", "dev"),
    )


def test_an_unknown_environment_lists_the_known_ones(document):
    with pytest.raises(SpecError) as caught:
        document.resolve("stagging")
    (problem,) = caught.value.problems
    assert problem.message == "the spec broxiva has no environment `stagging`"
    assert problem.remedy == "did you mean staging? The environments are prod, staging, development"
    assert problem.location.start_line == 23


SIZED = """asbuilt: 1
name: shop
compute: {launch_type: %s}
environments:
  live: {}
  test:
    derives_from: live
    sizing: {share: 0.5, quantity: %s}
    services: {a: {tasks: {max: 9}}}
  small: {derives_from: test, sizing: {minimum: true}}
services:
  a: {cpu: 1024, memory: 8192, tasks: {min: 3, max: 7}}
  b: {cpu: 512, memory: 4096, tasks: {min: 0, max: 1}}
  c: {port: 80}
"""


@pytest.mark.parametrize(
    ("launch", "quantity", "a", "b"),
    [
        ("FARGATE", "both", (512, 4096, 2, 9), (256, 2048, 0, 1)),
        ("FARGATE", "cpu_memory", (512, 4096, 3, 9), (256, 2048, 0, 1)),
        ("FARGATE", "tasks", (1024, 8192, 2, 9), (512, 4096, 0, 1)),
        ("EC2", "both", (512, 4096, 2, 9), (256, 2048, 0, 1)),
    ],
)
def test_what_a_share_is_of(tmp_path, launch, quantity, a, b):
    path = tmp_path / "shop.yaml"
    path.write_text(SIZED % (launch, quantity))
    document = load_spec(str(path))
    spec = document.resolve("test")
    assert sizes(spec) == {"a": a, "b": b, "c": (None, None, None, None)}
    assert not spec.is_derived("services.a.tasks.max"), "stated by the environment itself"
    assert sizes(document.resolve("small"))["a"] == (256, 512, 1, None)


def test_memory_drives_the_size_up(tmp_path):
    path = tmp_path / "shop.yaml"
    text = SIZED % ("FARGATE", "both")
    path.write_text(text.replace("cpu: 1024, memory: 8192", "cpu: 256, memory: 2048").replace("0.5", "0.9"))
    assert sizes(load_spec(str(path)).resolve("test"))["a"][:2] == (256, 2048)
    path.write_text(text.replace("cpu: 1024, memory: 8192", "cpu: 8192, memory: 61440").replace("0.5", "0.45"))
    assert sizes(load_spec(str(path)).resolve("test"))["a"][:2] == (4096, 27648)


PATTERNS = {"prod": ("**/prod", "**/prod-*"), "staging": ("**/staging",), "dev": ("envs/dev",)}


@pytest.mark.parametrize(
    ("path", "environment"),
    [
        ("infra/environments/prod", "prod"),
        ("prod", "prod"),
        ("infra/Prod", "prod"),
        ("infra/prod-eu", "prod"),
        ("infra/prod/ecs", "prod"),
        ("prod/modules/staging", "staging"),
        ("infra/production", None),
        ("reproduction", None),
        ("envs/dev", "dev"),
        ("other/envs/dev", None),
        (".", None),
        ("", None),
    ],
)
def test_environment_of_a_directory(path, environment):
    assert environment_of(path, PATTERNS) == environment


def test_what_a_checkout_lies_in_says_nothing(tmp_path):
    root = tmp_path / "prod" / "platform"
    assert environment_of(str(root / "modules"), PATTERNS, base=str(root)) is None
    assert environment_of(str(root / "modules"), PATTERNS) is None
    assert environment_of(str(root / "staging"), PATTERNS) == "staging"


def test_environment_of_a_directory_by_the_bundled_spec(document):
    assert document.environment_of("infrastructure/environments/staging") == "staging"
    assert document.environment_of("infrastructure/dev") == "development"
    assert document.environment_of("infrastructure/modules/ecs") is None
