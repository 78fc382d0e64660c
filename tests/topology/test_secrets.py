"""Names and values of secrets, where a container's secrets come from, and who stands in several zones."""

from __future__ import annotations

from typing import Any

import pytest

from asbuilt.graph import Graph
from asbuilt.model import Location, Reference, Resource, Unknown, UnknownKind
from asbuilt.topology.data_stores import members
from asbuilt.topology.secrets import (
    Store,
    comes_from_secret,
    is_harmless,
    is_random,
    is_secret_name,
    secret_input,
    store_of,
)

HERE = Location("main.tf", 1)


def resource(kind: str, key: str, name: str = "", **properties: Any) -> Resource:
    return Resource(key, key, kind, properties, HERE, name=name)


SECRET = resource("AWS::SecretsManager::Secret", "aws_secretsmanager_secret.database", "shop/database")
PARAMETER = resource("AWS::SSM::Parameter", "aws_ssm_parameter.level", "/shop/log-level")
GRAPH = Graph([SECRET, PARAMETER])


@pytest.mark.parametrize(
    "name",
    [
        "DB_PASSWORD",
        "dbPassword",
        "STRIPE_API_KEY",
        "JWT_SIGNING_KEY",
        "REDIS_AUTH_TOKEN",
        "DATABASE_URL",
        "GITHUB_TOKEN",
        "STRIPE_WEBHOOK_SECRET",
        "DB_PASSWORD_PROD",
        "SERVICE_CREDENTIALS",
        "DB_CONNECTION_STRING",
        "APIKEY",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "DATABASE_HOST",
        "TOKEN_TTL",
        "MAX_TOKENS",
        "SECRET_NAME",
        "SECRET_ARN",
        "PUBLIC_KEY",
        "PARTITION_KEY",
        "KEY",
        "PORT",
        "PASSWORD_MIN_LENGTH",
        "TOKEN_URL",
        "TOKENIZER",
        "MONKEY_COUNT",
        "API_URL",
        "ACCESS_KEY_ID",
        "SECRETARY",
        "KMS_KEY",
        "PWD",
        "AWS_SECRETS_MANAGER_ENDPOINT",
        "USE_SECRETS_MANAGER",
        "NEXT_PUBLIC_STRIPE_KEY",
        "PASSWORD_HASH_ROUNDS",
        "CACHE_KEY_PREFIX",
    ],
)
def test_names_of_other_things(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", True),
        ("true", True),
        ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:x", True),
        ("/run/secrets/password", True),
        ("https://auth.shop.example/token", True),
        ("shop/database", True),
        ("swordfish", False),
        ("https://user:word@shop.example", False),
        ("12345678", False),
    ],
)
def test_values_that_are_no_secrets(value: str, *, expected: bool) -> None:
    assert is_harmless(value, GRAPH) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("kX9vQ2mZr7Lp4TtWb8NcYh3Gd6Fs1JaE", True),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", False),
        ("0b9c2d6e-8f41-4a3b-9c1d-2e3f4a5b6c7d", False),
        ("http://recommendation.shop-prod.local:8001", False),
        ("short1A", False),
    ],
)
def test_values_that_look_generated(value: str, *, expected: bool) -> None:
    assert is_random(value) is expected


def unknown(key: str = "", attribute: str = "arn", **more: Any) -> Unknown:
    refs = (Reference(key, attribute),) if key else ()
    return Unknown(UnknownKind.COMPUTED, "known after apply", references=refs, **more)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-a1b2c3:password::", Store.SECRETS_MANAGER),
        (unknown(SECRET.key, exact=True), Store.SECRETS_MANAGER),
        (unknown(SECRET.key, suffix=":password::"), Store.SECRETS_MANAGER),
        (unknown("data.aws_secretsmanager_secret.x"), Store.SECRETS_MANAGER),
        (unknown("aws_db_instance.main", "master_user_secret[0].secret_arn"), Store.SECRETS_MANAGER),
        (unknown("Database", "MasterUserSecret.SecretArn"), Store.SECRETS_MANAGER),
        (unknown(prefix="arn:aws:secretsmanager:eu-west-1:", suffix=":secret:x"), Store.SECRETS_MANAGER),
        ("arn:aws:ssm:eu-west-1:123456789012:parameter/shop/log-level", Store.PARAMETER_STORE),
        ("/shop/log-level", Store.PARAMETER_STORE),
        ("log-level", Store.PARAMETER_STORE),
        (unknown(PARAMETER.key), Store.PARAMETER_STORE),
        (unknown(prefix="arn:aws:ssm:", suffix=":parameter/shop/x"), Store.PARAMETER_STORE),
        (unknown("aws_s3_bucket.x"), None),
    ],
)
def test_where_a_value_comes_from(value: Any, expected: Store | None) -> None:
    task = resource("AWS::ECS::TaskDefinition", "t", ValueFrom=value)
    found = store_of(task.at("ValueFrom"), GRAPH)
    assert (found[0] if isinstance(found, tuple) else None) is expected


def test_the_parameter_is_found_by_its_arn() -> None:
    task = resource("AWS::ECS::TaskDefinition", "t", ValueFrom="arn:aws:ssm:eu-west-1:1:parameter/shop/log-level")
    assert store_of(task.at("ValueFrom"), GRAPH) == (Store.PARAMETER_STORE, PARAMETER)


@pytest.mark.parametrize(
    ("key", "attribute", "expected"),
    [
        ("root//random_password.db", "result", "random_password.db.result"),
        ('root//module.x.random_password.db["a"]', "result", 'module.x.random_password.db["a"].result'),
        ("root//random_password.db", "id", ""),
        ("root//data.aws_secretsmanager_secret_version.x", "secret_string", "data.aws_secretsmanager_secret_version.x"),
        ("root//aws_db_instance.main", "address", ""),
        ("main.yaml//AppKey", "SecretAccessKey", "AppKey.SecretAccessKey"),
        ("main.yaml//AppKey", "Ref", ""),
        ("{{resolve:secretsmanager:a:SecretString:b}}", "SecretString", "{{resolve:secretsmanager:a:SecretString:b}}"),
        ("{{resolve:ssm:/shop/level}}", "Value", ""),
    ],
)
def test_what_secret_a_value_is_made_from(key: str, attribute: str, expected: str) -> None:
    found = comes_from_secret(unknown(key, attribute), Graph([]))
    assert found.startswith(expected) if expected else not found


@pytest.mark.parametrize(
    ("kind", "reason", "expected"),
    [
        (UnknownKind.VARIABLE, "var.db_password has no value; give one with --var", "var.db_password"),
        (UnknownKind.VARIABLE, "var.release has no value; give one with --var", ""),
        (UnknownKind.VARIABLE, "var.db_password_secret_arn has no value", ""),
        (UnknownKind.CONDITION, "which arm applies depends on var.db_password", ""),
        (UnknownKind.VARIABLE, "the parameter DbPassword has no value", "the parameter DbPassword"),
        (UnknownKind.VARIABLE, "the parameter Release has no value", ""),
    ],
)
def test_inputs_that_are_secrets(kind: UnknownKind, reason: str, expected: str) -> None:
    assert secret_input(Unknown(kind, reason)) == expected


def test_members_of_a_cluster() -> None:
    cluster = resource("AWS::RDS::DBCluster", "aws_rds_cluster.main", "shop")
    one = resource("AWS::RDS::DBInstance", "a", DBClusterIdentifier="shop")
    two = resource("AWS::RDS::DBInstance", "b", DBClusterIdentifier=unknown(cluster.key, "id", exact=True))
    other = resource("AWS::RDS::DBInstance", "c", DBClusterIdentifier="other")
    assert members(cluster, Graph([cluster, one, two, other])) == ((one, two), None)
    hidden = Unknown(UnknownKind.VARIABLE, "var.cluster has no value")
    loose = resource("AWS::RDS::DBInstance", "d", DBClusterIdentifier=hidden)
    assert members(cluster, Graph([cluster, one, loose])) == ((one,), hidden)
