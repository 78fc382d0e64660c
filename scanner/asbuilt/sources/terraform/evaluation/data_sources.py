"""Data sources whose answer follows from the configuration; all others are unknown until Terraform asks AWS."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT
from asbuilt.sources.terraform.evaluation import policy_document, providers

if TYPE_CHECKING:
    from collections.abc import Callable

    from asbuilt.sources.terraform.evaluation.managed import ResourceInstance


def attribute(instance: ResourceInstance, name: str) -> Any:
    """Return an attribute of a data source that can be derived, or ABSENT."""
    derive = _DERIVED.get(instance.type)
    return derive(instance, name) if derive is not None else ABSENT


def _region(instance: ResourceInstance, name: str) -> Any:
    if name not in {"name", "id", "region"} or "name" in instance.group.config.body.attributes:
        return ABSENT
    region = instance.read("region")
    if region is ABSENT or region is None:
        region = providers.region(instance)
    return region if isinstance(region, str) else ABSENT


# Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html (2025-11): partitions and their suffixes.
_PARTITIONS = {
    "cn-": ("aws-cn", "amazonaws.com.cn", "cn.com.amazonaws"),
    "us-gov-": ("aws-us-gov", "amazonaws.com", "com.amazonaws"),
    "us-iso": ("", "", ""),
    "eu-iso": ("", "", ""),
    "eusc-": ("", "", ""),
}


def _partition(instance: ResourceInstance, name: str) -> Any:
    names = {"partition": 0, "id": 0, "dns_suffix": 1, "reverse_dns_prefix": 2}
    region = providers.region(instance)
    if name not in names or not isinstance(region, str):
        return ABSENT
    found = next((p for start, p in _PARTITIONS.items() if region.startswith(start)), None)
    found = found or ("aws", "amazonaws.com", "com.amazonaws")
    return found[names[name]] or ABSENT


def _default_tags(instance: ResourceInstance, name: str) -> Any:
    if name != "tags":
        return ABSENT
    tags = providers.default_tags(instance)
    return {} if tags is ABSENT else tags


def _policy_document(instance: ResourceInstance, name: str) -> Any:
    if name not in {"json", "minified_json"}:
        return ABSENT
    found = policy_document.render(instance, minified=name == "minified_json")
    return instance.computed(name) if found is None else found


def _endpoint_service(instance: ResourceInstance, name: str) -> Any:
    service, region = instance.read("service"), providers.region(instance)
    if name != "service_name" or not isinstance(service, str) or not isinstance(region, str):
        return ABSENT
    return f"com.amazonaws.{region}.{service}" if not region.startswith("cn-") else ABSENT


def _prefix_list(instance: ResourceInstance, name: str) -> Any:
    """Say which list an id belongs to: AWS's own lists have the same name everywhere."""
    listed = instance.read("name")
    if name != "id" or not isinstance(listed, str):
        return ABSENT
    return replace(instance.computed(name), reason=f"the id of the prefix list {listed} is read from AWS")


_DERIVED: dict[str, Callable[[ResourceInstance, str], Any]] = {
    "aws_region": _region,
    "aws_partition": _partition,
    "aws_default_tags": _default_tags,
    "aws_iam_policy_document": _policy_document,
    "aws_vpc_endpoint_service": _endpoint_service,
    "aws_ec2_managed_prefix_list": _prefix_list,
}
