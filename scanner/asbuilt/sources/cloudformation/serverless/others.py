"""The other types of SAM whose resources are written out: tables, the interfaces' stages, nested applications.

Source: AWS SAM Developer Guide, "AWS::Serverless::SimpleTable", "…::Api", "…::HttpApi", "…::Application"; read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import Unknown, UnknownKind
from asbuilt.sources.cloudformation.serverless.functions import Made, entry, tags
from asbuilt.sources.cloudformation.serverless.trees import At, Written
from asbuilt.sources.cloudformation.stacks.declared import is_function

if TYPE_CHECKING:
    from asbuilt.model import Path

_KINDS: Final = {"String": "S", "Number": "N", "Binary": "B"}
_BODY: Final = Unknown(UnknownKind.UNSUPPORTED, "AWS SAM writes the definition at deployment")


def _resource(kind: str, own: dict[str, Any], path: Path, kept: dict[str, Any]) -> At:
    return At({"Type": kind, **kept, "Properties": At(own, (*path, "Properties"))}, path)


def _picked(properties: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: properties[name] for name in names if name in properties}


def simple_table(name: str, properties: dict[str, Any], path: Path, kept: dict[str, Any]) -> Made:
    """Return the DynamoDB table."""
    key = properties.get("PrimaryKey")
    attribute: Any = "id" if key is None else entry(key, "Name")
    kind: Any = "S"
    if key is not None:
        given = entry(key, "Type")
        kind = _KINDS.get(given.raw, given) if isinstance(given, Written) and isinstance(given.raw, str) else given
    own = _picked(properties, ("PointInTimeRecoverySpecification", "SSESpecification", "TableName"))
    own["KeySchema"] = [{"AttributeName": attribute, "KeyType": "HASH"}]
    own["AttributeDefinitions"] = [{"AttributeName": attribute, "AttributeType": kind}]
    if "ProvisionedThroughput" in properties:
        own["ProvisionedThroughput"] = properties["ProvisionedThroughput"]
    else:
        own["BillingMode"] = "PAY_PER_REQUEST"
    if "Tags" in properties:
        own["Tags"] = tags(properties["Tags"])
    return Made({name: _resource("AWS::DynamoDB::Table", own, path, kept)})


def api(name: str, properties: dict[str, Any], path: Path, kept: dict[str, Any]) -> Made:
    """Return the REST interface with its stage; what else belongs to it is left."""
    own = _picked(properties, ("ApiKeySourceType", "BinaryMediaTypes", "Description", "DisableExecuteApiEndpoint"))
    own = {**own, **_picked(properties, ("Name", "MinimumCompressionSize")), "Body": _BODY}
    stage = _picked(
        properties,
        ("AccessLogSetting", "CacheClusterEnabled", "CacheClusterSize", "CanarySetting", "MethodSettings", "StageName",
         "TracingEnabled", "Variables"),
    )  # fmt: skip
    stage |= {"RestApiId": {"Ref": name}}
    if "Tags" in properties:
        stage["Tags"] = tags(properties["Tags"])
    second = f"{name}{_stage(properties)}Stage"
    return Made(
        {
            name: _resource("AWS::ApiGateway::RestApi", own, path, kept),
            second: _resource("AWS::ApiGateway::Stage", stage, path, kept),
        },
        frozenset({name, second}),
        ("its deployment",),
    )


def http_api(name: str, properties: dict[str, Any], path: Path, kept: dict[str, Any]) -> Made:
    """Return the HTTP interface with its stage; what else belongs to it is left."""
    own = {**_picked(properties, ("DisableExecuteApiEndpoint", "FailOnWarnings", "Name")), "Body": _BODY}
    stage = _picked(properties, ("AccessLogSettings", "DefaultRouteSettings", "RouteSettings"))
    stage |= {"ApiId": {"Ref": name}, "AutoDeploy": True, "StageName": properties.get("StageName", "$default")}
    if "StageVariables" in properties:
        stage["StageVariables"] = properties["StageVariables"]
    second = f"{name}{_stage(properties) if 'StageName' in properties else 'ApiGatewayDefault'}Stage"
    return Made(
        {
            name: _resource("AWS::ApiGatewayV2::Api", own, path, kept),
            second: _resource("AWS::ApiGatewayV2::Stage", stage, path, kept),
        },
        frozenset({name, second}),
        ("its routes",),
    )


def application(name: str, properties: dict[str, Any], path: Path, kept: dict[str, Any]) -> Made:
    """Return the nested stack; one from AWS's repository of applications has a template that is not known."""
    own = _picked(properties, ("NotificationARNs", "Parameters", "TimeoutInMinutes"))
    where = properties.get("Location")
    raw = where.raw if isinstance(where, Written) else where
    if isinstance(raw, dict) and not is_function(raw):
        reason = "the application comes from the AWS Serverless Application Repository"
        own["TemplateURL"] = Unknown(UnknownKind.MODULE, reason)
    elif where is not None:
        own["TemplateURL"] = where
    if "Tags" in properties:
        own["Tags"] = tags(properties["Tags"])
    return Made({name: _resource("AWS::CloudFormation::Stack", own, path, kept)})


def _stage(properties: dict[str, Any]) -> str:
    found = properties.get("StageName")
    raw = found.raw if isinstance(found, Written) else found
    return "".join(char for char in raw if char.isalnum()) if isinstance(raw, str) else ""
