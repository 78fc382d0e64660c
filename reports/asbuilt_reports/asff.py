"""Findings in AWS Security Finding Format, as Security Hub's BatchImportFindings takes them, a JSON array.

Source: docs.aws.amazon.com/securityhub, "AWS Security Finding Format (ASFF)" and "BatchImportFindings", read 2026-11.

| verdict | Compliance.Status | severity | why |
|---|---|---|---|
| fail | FAILED | its own | |
| pass | PASSED | INFORMATIONAL | closes the finding that the same check opened: both have one Id |
| unknown | WARNING | INFORMATIONAL | AWS: "some information is missing"; no pass, and not known to be bad |
| error | NOT_AVAILABLE | INFORMATIONAL | AWS: "the check could not be performed" |
| waived | FAILED | INFORMATIONAL | see below |
| not applicable | NOT_AVAILABLE, archived | INFORMATIONAL | as Security Hub's own controls do it |

A waived failure keeps its status, with its real severity as `Severity.Original` and the waiver in `UserDefinedFields`.
It is not suppressed through `Workflow`: an import can set that, never take it back, and waivers expire.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import Severity, Verdict
from asbuilt_reports.records import Record, cut, jsonable, line, records, says, started

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.results import Results

NO_ACCOUNT: Final = "000000000000"
NO_REGION: Final = "us-east-1"
_LABEL: Final = {
    Severity.CRITICAL: "CRITICAL",
    Severity.HIGH: "HIGH",
    Severity.MEDIUM: "MEDIUM",
    Severity.LOW: "LOW",
    Severity.INFO: "INFORMATIONAL",
}
_STATUS: Final = {
    Verdict.PASS: "PASSED",
    Verdict.FAIL: "FAILED",
    Verdict.WAIVED: "FAILED",
    Verdict.UNKNOWN: "WARNING",
    Verdict.ERROR: "NOT_AVAILABLE",
    Verdict.NOT_APPLICABLE: "NOT_AVAILABLE",
}
# Where ASFF has a type of its own; everything else is "Other".
_TYPES: Final = {
    "AWS::CloudFront::Distribution": "AwsCloudFrontDistribution",
    "AWS::CloudWatch::Alarm": "AwsCloudWatchAlarm",
    "AWS::EC2::SecurityGroup": "AwsEc2SecurityGroup",
    "AWS::EC2::Subnet": "AwsEc2Subnet",
    "AWS::EC2::VPC": "AwsEc2Vpc",
    "AWS::ECS::Cluster": "AwsEcsCluster",
    "AWS::ECS::Service": "AwsEcsService",
    "AWS::ECS::TaskDefinition": "AwsEcsTaskDefinition",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "AwsElbv2LoadBalancer",
    "AWS::IAM::Policy": "AwsIamPolicy",
    "AWS::IAM::Role": "AwsIamRole",
    "AWS::KMS::Key": "AwsKmsKey",
    "AWS::RDS::DBInstance": "AwsRdsDbInstance",
    "AWS::S3::Bucket": "AwsS3Bucket",
    "AWS::SNS::Topic": "AwsSnsTopic",
    "AWS::SQS::Queue": "AwsSqsQueue",
    "AWS::SecretsManager::Secret": "AwsSecretsManagerSecret",
}


def render(results: Results) -> str:
    """Return the findings as JSON.

    Code belongs to no account: without one in the results it is `NO_ACCOUNT` here; `asbuilt publish security-hub`
    puts the real one in.
    """
    account = results.run.account or NO_ACCOUNT
    region = results.run.regions[0] if results.run.regions else NO_REGION
    return jsonable(list(findings(results, account, region)))


def findings(results: Results, account: str, region: str) -> Iterator[dict[str, Any]]:
    """Yield each verdict as an AwsSecurityFinding of an account and a region."""
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    time = started(results).strftime("%Y-%m-%dT%H:%M:%SZ")
    base = {
        "SchemaVersion": "2018-10-08",
        "ProductArn": f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default",
        "AwsAccountId": account,
        "Types": ["Software and Configuration Checks"],
        "CreatedAt": time,
        "UpdatedAt": time,
    }
    for record in records(results):
        resource = {"Type": _TYPES.get(record.type, "Other"), "Id": cut(record.address, 512)}
        resource |= {"Partition": partition, "Region": region}
        yield {**base, **_finding(record, results), "Resources": [{**resource, **_details(record)}]}


def _finding(record: Record, results: Results) -> dict[str, Any]:
    run = results.run
    label = _LABEL[record.severity] if record.verdict is Verdict.FAIL else "INFORMATIONAL"
    found: dict[str, Any] = {
        "Id": f"{results.tool}/{record.id}",
        "GeneratorId": cut(f"{results.tool}/{record.rule}", 512),
        "Title": cut(record.title, 256),
        "Description": cut(". ".join(part for part in (record.text.rstrip("."), record.reason) if part), 1024),
        "Severity": {"Label": label, "Original": record.severity.value},
        "Compliance": _compliance(record),
        "RecordState": "ARCHIVED" if record.verdict is Verdict.NOT_APPLICABLE else "ACTIVE",
        "ProductFields": {
            f"asbuilt/{key}": cut(line(text), 2048)
            for key, text in (
                ("verdict", record.verdict.value),
                ("rule", record.rule),
                ("spec", run.spec.name),
                ("environment", run.environment),
                ("service", record.service),
                ("requirement", says(record.requirement)),
                ("commit", run.commit or ""),
            )
            if text
        },
    }
    if record.fix and record.verdict is not Verdict.PASS:
        advice = {"Text": cut(record.fix, 512), **({"Url": record.link} if record.link else {})}
        found["Remediation"] = {"Recommendation": advice}
    if record.waiver:
        found["UserDefinedFields"] = {f"waiver-{key}": cut(text, 1024) for key, text in record.waiver}
    return found


def _compliance(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {"Status": _STATUS[record.verdict]}
    if record.requirement.id:
        found["RelatedRequirements"] = [cut(line(record.requirement.id), 64)]
    if record.verdict in (Verdict.UNKNOWN, Verdict.ERROR, Verdict.NOT_APPLICABLE):
        reason = {"ReasonCode": f"ASBUILT_{record.verdict.name}"}
        found["StatusReasons"] = [{**reason, "Description": cut(record.reason or record.text, 2048)}]
    return found


def _details(record: Record) -> dict[str, Any]:
    return {"Details": {"Other": {key: cut(text, 1024) for key, text in record.facts}}} if record.facts else {}
