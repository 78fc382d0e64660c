"""Which types of resources SAM may make of each of its own.

Source: AWS SAM Developer Guide, "Generated CloudFormation resources for AWS SAM"; read 2026-11;
aws-sam-translator 1.115.
"""

from __future__ import annotations

from typing import Final

_ROLE: Final = ("AWS::IAM::Role",)
_REST: Final = tuple(
    f"AWS::ApiGateway::{name}"
    for name in (
        "ApiKey", "Authorizer", "BasePathMapping", "BasePathMappingV2", "Deployment", "DomainName",
        "DomainNameAccessAssociation", "DomainNameV2", "RestApi", "Stage", "UsagePlan", "UsagePlanKey",
    )
)  # fmt: skip
_HTTP: Final = tuple(f"AWS::ApiGatewayV2::{name}" for name in ("Api", "ApiMapping", "DomainName", "Route", "Stage"))
_NAMES: Final = ("AWS::Route53::RecordSetGroup", "AWS::Lambda::Permission")
_EVENTS: Final = (
    *_REST, *_HTTP, *_NAMES,
    "AWS::Cognito::UserPool", "AWS::Events::Rule", "AWS::IAM::ManagedPolicy", "AWS::IoT::TopicRule",
    "AWS::Lambda::EventSourceMapping", "AWS::Logs::SubscriptionFilter", "AWS::S3::Bucket", "AWS::SNS::Subscription",
    "AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::Scheduler::Schedule",
)  # fmt: skip
MAKES: Final[dict[str, frozenset[str]]] = {
    "Api": frozenset([*_REST, *_NAMES, *_ROLE]),
    "Application": frozenset(["AWS::CloudFormation::Stack"]),
    "CapacityProvider": frozenset(["AWS::Lambda::CapacityProvider", *_ROLE]),
    "Connector": frozenset(
        ["AWS::IAM::ManagedPolicy", "AWS::Lambda::Permission", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"]
    ),
    "Function": frozenset(
        [
            *_EVENTS, *_ROLE, "AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup", "AWS::Lambda::Alias",
            "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Function", "AWS::Lambda::Url", "AWS::Lambda::Version",
            "AWS::SNS::Topic",
        ]
    ),
    "HttpApi": frozenset([*_HTTP, *_NAMES]),
    "LayerVersion": frozenset(["AWS::Lambda::LayerVersion"]),
    "SimpleTable": frozenset(["AWS::DynamoDB::Table"]),
    "StateMachine": frozenset(
        [
            *_EVENTS, *_ROLE, "AWS::StepFunctions::StateMachine", "AWS::StepFunctions::StateMachineAlias",
            "AWS::StepFunctions::StateMachineVersion",
        ]
    ),
}  # fmt: skip


def makes(type_: str) -> frozenset[str]:
    """Return the types that one of SAM's may become; empty where that is not known: it may be any."""
    return MAKES.get(type_.rpartition("::")[2], frozenset())
