"""Security groups and their rules."""

from __future__ import annotations

from asbuilt.sources.terraform.vocabulary.fanning import rules
from asbuilt.sources.terraform.vocabulary.language import Rule, choice, number, prefix
from asbuilt.sources.terraform.vocabulary.lists import tags
from asbuilt.sources.terraform.vocabulary.tables import Table


def _protocol() -> Rule:
    return choice("IpProtocol", {"all": "-1", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}, lower=True)


def _ports(direction: str) -> dict[str, Rule | str]:
    """The arguments of an inline rule and of `aws_security_group_rule`; its lists are told one element at a time."""
    group, prefix_list = (
        ("SourceSecurityGroupId", "SourcePrefixListId")
        if direction == "ingress"
        else ("DestinationSecurityGroupId", "DestinationPrefixListId")
    )
    return {
        "protocol": _protocol(),
        "from_port": number("FromPort"),
        "to_port": number("ToPort"),
        "description": "Description",
        "cidr_blocks": "CidrIp",
        "ipv6_cidr_blocks": "CidrIpv6",
        "prefix_list_ids": prefix_list,
        "security_groups": group,
        "self": group,
    }


_INLINE_FAN = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups", "self")
_RULE_FAN = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "source_security_group_id", "self")

_GROUP: dict[str, Rule | str] = {
    "name": "GroupName",
    "name_prefix": prefix("GroupName"),
    "description": "GroupDescription",
    "vpc_id": "VpcId",
    "ingress": rules("SecurityGroupIngress", _ports("ingress"), _INLINE_FAN),
    "egress": rules("SecurityGroupEgress", _ports("egress"), _INLINE_FAN),
    "tags": tags("Tags"),
}


def _rule_of(direction: str) -> Table:
    fields = _ports(direction)
    fields["source_security_group_id"] = fields.pop("security_groups")
    return Table(
        f"AWS::EC2::SecurityGroup{direction.title()}", {**fields, "security_group_id": "GroupId"}, fan=_RULE_FAN
    )


def _vpc_rule(direction: str, group: str, prefix_list: str) -> Table:
    return Table(
        f"AWS::EC2::SecurityGroup{direction}",
        {
            "security_group_id": "GroupId",
            "ip_protocol": _protocol(),
            "from_port": number("FromPort"),
            "to_port": number("ToPort"),
            "description": "Description",
            "cidr_ipv4": "CidrIp",
            "cidr_ipv6": "CidrIpv6",
            "prefix_list_id": prefix_list,
            "referenced_security_group_id": group,
        },
    )


TABLES = {
    "aws_security_group": Table(
        "AWS::EC2::SecurityGroup",
        _GROUP,
        name="GroupName",
        # The provider takes away the egress rule that AWS gives a new group (registry.terraform.io,
        # aws_security_group, "NOTE on Egress rules"), and describes a group that nobody described.
        defaults={"SecurityGroupEgress": [], "GroupDescription": "Managed by Terraform"},
    ),
    "aws_default_security_group": Table(
        "AWS::EC2::SecurityGroup",
        {name: rule for name, rule in _GROUP.items() if name not in {"name", "name_prefix", "description"}},
        fixed={"GroupName": "default"},
        # Adopting the default group removes all its rules that are not in the code.
        defaults={"SecurityGroupIngress": [], "SecurityGroupEgress": []},
        name="GroupName",
    ),
    "aws_security_group_rule": Table(
        "", {}, select="type", kinds={"ingress": _rule_of("ingress"), "egress": _rule_of("egress")}
    ),
    "aws_vpc_security_group_ingress_rule": _vpc_rule("Ingress", "SourceSecurityGroupId", "SourcePrefixListId"),
    "aws_vpc_security_group_egress_rule": _vpc_rule("Egress", "DestinationSecurityGroupId", "DestinationPrefixListId"),
}
