"""`AWS::Serverless::Function`: the function, and the role that SAM makes for one that names none.

Source: AWS SAM Developer Guide, "AWS::Serverless::Function" and "Generated CloudFormation resources for AWS SAM";
read 2026-11.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import Unknown, UnknownKind
from asbuilt.records import dataclass
from asbuilt.sources.cloudformation.serverless.trees import At, Written, bare
from asbuilt.sources.cloudformation.stacks.declared import is_function

if TYPE_CHECKING:
    from asbuilt.model import Path

# Properties that are those of AWS::Lambda::Function under the same name.
_SAME: Final[tuple[str, ...]] = (
    "Architectures", "CapacityProviderConfig", "CodeSigningConfigArn", "Description", "DurableConfig", "Environment",
    "EphemeralStorage", "FileSystemConfigs", "FunctionName", "FunctionScalingConfig", "Handler", "ImageConfig",
    "KmsKeyArn", "Layers", "LoggingConfig", "MemorySize", "PackageType", "PublishToLatestPublished", "RecursiveLoop",
    "ReservedConcurrentExecutions", "Role", "Runtime", "RuntimeManagementConfig", "SnapStart", "TenancyConfig",
    "Timeout", "VpcConfig",
)  # fmt: skip
# Properties that make resources of their own.
_MORE: Final[tuple[str, ...]] = (
    "AutoPublishAlias", "DeploymentPreference", "EventInvokeConfig", "Events", "FunctionUrlConfig",
    "ProvisionedConcurrencyConfig",
)  # fmt: skip
_SENDS: Final = {"SNS": "sns:Publish", "SQS": "sqs:SendMessage"}
# Types of events that AWS sends: for the others the function reads from the source, and its role gets the rights.
_PUSHED: Final = frozenset(
    ("AlexaSkill", "Api", "CloudWatchEvent", "CloudWatchLogs", "Cognito", "EventBridgeRule", "HttpApi", "IoTRule", "S3",
     "Schedule")
)  # fmt: skip
_DECIDED: Final = frozenset(("Fn::If", "Fn::Transform"))
_S3 = re.compile(r"s3://([^/]+)/(.+)")


@dataclass(frozen=True, slots=True)
class Made:
    """The resources that stand for one of SAM's, and what is not written out.

    `open` names those of them that are only partly worked out, `left` the properties that make more of them.
    """

    resources: dict[str, Any]
    open: frozenset[str] = frozenset()
    left: tuple[str, ...] = ()


def function(name: str, properties: dict[str, Any], path: Path, kept: dict[str, Any]) -> Made:
    """Return the function and its role. `kept` are the attributes that pass through."""
    own: dict[str, Any] = {key: properties[key] for key in _SAME if key in properties}
    own["Code"] = _code(properties)
    if "Tracing" in properties:
        own["TracingConfig"] = {"Mode": properties["Tracing"]}
    queue = properties.get("DeadLetterQueue")
    if queue is not None:
        own["DeadLetterConfig"] = {"TargetArn": entry(queue, "TargetArn")}
    own["Tags"] = [*tags(properties.get("Tags")), {"Key": "lambda:createdBy", "Value": "SAM"}]
    made: dict[str, Any] = {}
    unsure: set[str] = set()
    if "Role" not in properties:
        own["Role"] = {"Fn::GetAtt": [f"{name}Role", "Arn"]}
        made[f"{name}Role"], settled = _role(f"{name}Role", properties, path, kept)
        unsure = set() if settled else {f"{name}Role"}
    left = tuple(key for key in _MORE if key in properties)
    role = properties.get("Role")
    if isinstance(role, Written) and isinstance(role.raw, dict) and "Fn::If" in role.raw:
        left = (*left, "Role")  # it may say that there is none, and then SAM makes one
    made[name] = At({"Type": "AWS::Lambda::Function", **kept, "Properties": At(own, (*path, "Properties"))}, path)
    return Made(made, frozenset(unsure), left)


def entry(tree: Any, name: str) -> Any:
    """Return the entry of a tree that should be a mapping, an Unknown where a function gives it."""
    if isinstance(tree, Written):
        found = None if is_function(tree.raw) else tree.child(name)
        return found if found is not None else Unknown(UnknownKind.UNSUPPORTED, f"AWS SAM makes {name} at deployment")
    return tree.get(name) if isinstance(tree, dict) else None


def tags(tree: Any) -> list[Any]:
    """Return tags as CloudFormation has them: SAM's are a mapping."""
    raw = tree.raw if isinstance(tree, Written) else tree
    if not isinstance(raw, dict) or is_function(raw):
        return [] if raw is None else [Unknown(UnknownKind.UNSUPPORTED, "AWS SAM makes the tags at deployment")]
    return [{"Key": key, "Value": entry(tree, key)} for key in raw]


def _code(properties: dict[str, Any]) -> Any:
    if "InlineCode" in properties:
        return {"ZipFile": properties["InlineCode"]}
    if "ImageUri" in properties:
        return {"ImageUri": properties["ImageUri"]}
    code = properties.get("CodeUri")
    raw = code.raw if isinstance(code, Written) else code
    if isinstance(raw, str) and (match := _S3.fullmatch(raw)):
        return {"S3Bucket": match[1], "S3Key": match[2]}
    names = {"Bucket": "S3Bucket", "Key": "S3Key", "Version": "S3ObjectVersion"}
    if isinstance(raw, dict) and not is_function(raw):
        return {names[key]: entry(code, key) for key in raw if key in names}
    return Unknown(UnknownKind.COMPUTED, "the code is uploaded at deployment")


def _role(name: str, properties: dict[str, Any], path: Path, kept: dict[str, Any]) -> tuple[Any, bool]:
    """Return the role of a function that names none, and whether it is fully worked out."""
    managed, inline = _own_policies(properties)
    settled = not any(isinstance(item, Unknown) for item in (*managed, *inline))
    for at, policy in enumerate(_policies(properties.get("Policies"))):
        raw = policy.raw if isinstance(policy, Written) else policy
        if isinstance(raw, dict) and "Statement" in raw:
            inline.append({"PolicyName": f"{name}Policy{at}", "PolicyDocument": policy})
        elif (isinstance(raw, str) and raw.startswith("arn:")) or (is_function(raw) and not _DECIDED.intersection(raw)):
            managed.append(policy)
        else:
            settled = False
            shown = raw if isinstance(raw, str) else " ".join(raw) if isinstance(raw, dict) else "of this form"
            (managed if isinstance(raw, str) else inline).append(_unwritten(f"the policy {shown}"))
    own: dict[str, Any] = {
        "AssumeRolePolicyDocument": properties.get("AssumeRolePolicyDocument") or _TRUST,
        "ManagedPolicyArns": managed,
        "Tags": [*tags(properties.get("Tags")), {"Key": "lambda:createdBy", "Value": "SAM"}],
    }
    if inline:
        own["Policies"] = inline
    for sam, key in (("RolePath", "Path"), ("PermissionsBoundary", "PermissionsBoundary")):
        if sam in properties:
            own[key] = properties[sam]
    condition = {key: item for key, item in kept.items() if key == "Condition"}
    return At({"Type": "AWS::IAM::Role", **condition, "Properties": own}, path), settled


def _own_policies(properties: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """Return the managed and the inline policies that follow from what else a function has."""
    durable = "BasicDurableExecutionRolePolicy" if "DurableConfig" in properties else "BasicExecutionRole"
    managed: list[Any] = [_aws(f"service-role/AWSLambda{durable}")]
    inline: list[Any] = []
    tracing = _raw(properties.get("Tracing"))
    if tracing is not None and tracing != "Disabled":
        managed.append(_aws("AWSXrayWriteOnlyAccess") if isinstance(tracing, str) else _unwritten("what Tracing needs"))
    if _raw(properties.get("VpcConfig")):
        managed.append(_aws("service-role/AWSLambdaVPCAccessExecutionRole"))
    queue = properties.get("DeadLetterQueue")
    if queue is not None:
        action = _SENDS.get(str(_raw(entry(queue, "Type"))))
        statement = {"Action": action, "Resource": entry(queue, "TargetArn"), "Effect": "Allow"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        policy = {"PolicyName": "DeadLetterQueuePolicy", "PolicyDocument": document}
        inline.append(policy if action else _unwritten("the policy for DeadLetterQueue"))
    if not _quiet(properties.get("Events")):
        managed.append(_unwritten("what reading from the sources in Events needs"))
    if "EventInvokeConfig" in properties:
        inline.append(_unwritten("what the destinations in EventInvokeConfig need"))
    return managed, inline


def _quiet(events: Any) -> bool:
    """Whether a function needs no more rights for its events: nobody reads from these sources."""
    raw = bare(events) if events is not None else {}
    if not isinstance(raw, dict):
        return False
    return all(isinstance(event, dict) and str(event.get("Type")) in _PUSHED for event in raw.values())


def _raw(tree: Any) -> Any:
    return tree.raw if isinstance(tree, Written) else tree


def _unwritten(what: str) -> Unknown:
    reason = f"{what} is written out by AWS SAM's translator only: install asbuilt[sam]"
    return Unknown(UnknownKind.UNSUPPORTED, reason)


def _policies(tree: Any) -> list[Any]:
    if tree is None:
        return []
    if isinstance(tree, Written) and isinstance(tree.raw, list):
        return [tree.child(at) for at in range(len(tree.raw))]
    return tree if isinstance(tree, list) else [tree]


def _aws(name: str) -> dict[str, str]:
    return {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/" + name}


_TRUST: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com"]}, "Action": ["sts:AssumeRole"]},
    ],
}
