"""Which checks of checkov ask what a statement of an architecture says, and what each of the two demands.

Read in checkov's own check classes (3.3.30: checkov/terraform/checks/resource/aws, …/graph_checks/aws and
checkov/cloudformation/checks/resource/aws; read 2026-11). `answers` says what can be compared: `both` where a pass of
checkov's and a failure of ours on one resource contradict each other; `failure` where checkov asks for less than the
architecture or looks at a part of it only, so that its pass says nothing about the statement.

Left out on purpose, because they ask another question than any statement does: CKV_AWS_30 and CKV_AWS_31 (the cache in
transit), CKV_AWS_191 and CKV_AWS_327 (a key of one's own where a statement asks for encryption), CKV_AWS_223 and
CKV_AWS_224 (logs of ECS Exec, not whether it is on), CKV_AWS_130 (the default of a subnet, which Fargate tasks do not
follow), CKV2_AWS_20 (one listener of a load balancer), CKV2_AWS_12 (the VPC of a default security group).
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Final

from asbuilt.records import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """A check, the rule that asks the same, and what either demands; `theirs` and `ours` complete "… asks"."""

    check: str
    rule: str
    theirs: str
    ours: str
    answers: str = "both"


_OPEN: Final = (
    "that no rule of the group lets 0.0.0.0/0 or ::/0 in on {} (a group with a rule that names itself passes)"
)
_NOTHING: Final = "that groups in use open nothing to everybody, but the load balancer's ports"

READINGS: Final = (
    Reading(
        "CKV_AWS_338",
        "log-group-retention",
        "for a retention of at least 365 days, or none at all",
        "for exactly the number of days stated",
    ),
    Reading(
        "CKV_AWS_66",
        "log-group-retention",
        "that any retention is written down",
        "for exactly the number of days stated",
        "failure",
    ),
    Reading(
        "CKV_AWS_158",
        "log-group-encryption",
        "that a KMS key is written down, whatever it turns out to be",
        "for a customer managed key",
    ),
    Reading(
        "CKV_AWS_2",
        "http-redirects-to-https",
        "for HTTPS, TLS, TCP or UDP, or a first default action that redirects to HTTPS, on any port and past all rules",
        "that every HTTP listener and all its rules redirect to HTTPS on the port stated",
    ),
    Reading(
        "CKV_AWS_103",
        "listener-tls-version",
        "for a policy whose name begins as those with TLS 1.2 do, or a redirect to HTTPS",
        "for the TLS versions stated, by what AWS says the policy negotiates",
    ),
    Reading(
        "CKV_AWS_103",
        "listener-tls-policy",
        "for a policy whose name begins as those with TLS 1.2 do, or a redirect to HTTPS",
        "for one policy, by name",
        "failure",
    ),
    Reading(
        "CKV2_AWS_74",
        "listener-tls-version",
        "for a policy that is none of nine old ones",
        "for the TLS versions stated, by what AWS says the policy negotiates",
        "failure",
    ),
    Reading(
        "CKV_AWS_333",
        "tasks-without-public-ip",
        "that assign_public_ip is not true; what it cannot resolve passes",
        "that tasks get no public address, in every instance of the service",
    ),
    Reading(
        "CKV_AWS_16",
        "database-encryption",
        "for storage_encrypted on every instance, replicas and members of clusters too",
        "for encryption at rest, of a replica by what it copies",
    ),
    Reading(
        "CKV_AWS_96",
        "database-encryption",
        "for storage_encrypted on the cluster, unless it is serverless",
        "for encryption at rest",
    ),
    Reading(
        "CKV_AWS_17",
        "database-not-public",
        "that publicly_accessible is not true; what it cannot resolve passes",
        "that no database has a public address",
    ),
    Reading(
        "CKV_AWS_157",
        "database-multi-az",
        "for multi_az on every instance, read replicas too",
        "for a standby in another zone; a read replica is none of the databases it means",
    ),
    Reading(
        "CKV_AWS_29",
        "cache-encryption",
        "for at_rest_encryption_enabled on the replication group",
        "for encryption at rest, by the default of the engine where nothing is set",
    ),
    Reading(
        "CKV_AWS_65",
        "container-insights",
        "for the setting on every cluster, whatever the account's default is",
        "for Container Insights on the clusters that run the services",
    ),
    Reading(
        "CKV_AWS_249",
        "separate-task-roles",
        "that the two arguments are not the same text; a missing role passes",
        "for two roles, both set",
        "failure",
    ),
    Reading("CKV_AWS_24", "least-privilege-ingress", _OPEN.format("port 22"), _NOTHING, "failure"),
    Reading("CKV_AWS_25", "least-privilege-ingress", _OPEN.format("port 3389"), _NOTHING, "failure"),
    Reading("CKV_AWS_277", "least-privilege-ingress", _OPEN.format("every port"), _NOTHING, "failure"),
    Reading("CKV_AWS_260", "least-privilege-ingress", _OPEN.format("port 80"), _NOTHING, "failure"),
    Reading(
        "CKV_AWS_260",
        "load-balancer-ingress",
        _OPEN.format("port 80"),
        "that the load balancer is open to the internet on its ports",
        "failure",
    ),
)


@cache
def by_check() -> dict[str, list[Reading]]:
    """Return the readings by the id of the check."""
    found: dict[str, list[Reading]] = defaultdict(list)
    for reading in READINGS:
        found[reading.check].append(reading)
    return dict(found)
