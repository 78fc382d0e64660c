"""The VPC, its subnets, who may talk to whom, and the load balancer."""

from typing import Annotated, Literal

from asbuilt.spec.models.base import Field, Name, Port, Section, Text, part

Occupant = Literal["load_balancer", "nat_gateway", "tasks", "database", "cache"]
Peer = Literal["internet", "vpc", "self", "load_balancer", "tasks", "discovery", "database", "cache"]
Protocol = Literal["tcp", "udp"]
TlsVersion = Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
StatusCode = Literal[301, 302]
Priority = Annotated[int, Field(ge=1, le=50000)]


class SubnetTier(Section):
    """Subnets of one kind, one in each availability zone."""

    cidrs: tuple[Text, ...] | None = Field(None, description="CIDR blocks of the subnets, inside the VPC's.")
    default_route: Literal["internet_gateway", "nat_gateway", "none"] | None = Field(
        None, description="Where the route tables of these subnets send what leaves the VPC."
    )
    holds: tuple[Occupant, ...] | None = Field(None, description="What belongs into these subnets.")


class Network(Section):
    """The VPC."""

    vpc_cidr: Text | None = Field(None, description="Primary CIDR block of the VPC.")
    availability_zones: tuple[Text, ...] | None = Field(None, description="Names of the availability zones used.")
    subnets: dict[Name, SubnetTier] = Field(default_factory=dict, description="Subnet tiers by name.")


class SecurityGroup(Section):
    """Who may reach the members of a security group, and on which ports."""

    ports: tuple[Port, ...] | None = Field(None, description="Ports open to the sources; unset means not stated.")
    protocols: tuple[Protocol, ...] | None = Field(None, description="Protocols of these ports.")
    from_: tuple[Peer, ...] | None = Field(
        None,
        alias="from",
        description="The only sources of inbound traffic: other groups by role, `self`, `vpc` or `internet`.",
    )


class SecurityGroups(Section):
    """Security groups by the role of what they are attached to, not by their name."""

    load_balancer: SecurityGroup = part(SecurityGroup, "On the load balancer.")
    tasks: SecurityGroup = part(SecurityGroup, "On the ECS tasks.")
    discovery: SecurityGroup = part(SecurityGroup, "For service discovery (DNS).")
    database: SecurityGroup = part(SecurityGroup, "On the database.")
    cache: SecurityGroup = part(SecurityGroup, "On the cache.")
    least_privilege: bool | None = Field(
        None, description="Whether nothing beyond the ingress stated here is open (egress is not meant)."
    )


class Tls(Section):
    """What the load balancer's TLS policy must negotiate."""

    offers: TlsVersion | None = Field(None, description="A protocol version the policy must offer.")
    minimum: TlsVersion | None = Field(None, description="The lowest version the policy may accept.")
    strict: bool | None = Field(None, description="Whether `offers` is the only version accepted.")


class HttpRedirect(Section):
    """What an HTTP listener does with a request."""

    protocol: Literal["HTTPS"] | None = Field(None, description="Protocol redirected to.")
    port: Port | None = Field(None, description="Port redirected to.")
    status_codes: tuple[StatusCode, ...] | None = Field(None, description="HTTP status codes accepted.")


class RoutingRule(Section):
    """A listener rule: requests to these paths go to this service."""

    priority: Priority = Field(description="Priority of the listener rule.")
    paths: tuple[Text, ...] | None = Field(None, description="Path patterns.")
    hosts: tuple[Text, ...] | None = Field(None, description="Host header patterns.")
    service: Name = Field(description="Service of the inventory that receives the requests.")


class LoadBalancer(Section):
    """The load balancer and how it routes."""

    type: Literal["application", "network", "gateway"] | None = Field(None, description="Type.")
    scheme: Literal["internet-facing", "internal"] | None = Field(None, description="Scheme.")
    tls_policy: Text | None = Field(None, description="Security policy of every HTTPS listener (SslPolicy).")
    tls: Tls = part(Tls, "Protocol versions, whatever the policy is called.")
    http_redirect: HttpRedirect = part(HttpRedirect, "Redirect from HTTP.")
    rules: tuple[RoutingRule, ...] | None = Field(None, description="Listener rules.")
    default_service: Name | None = Field(None, description="Service that receives what no rule matches.")
    default_priority: Priority | None = Field(
        None, description="Priority of an explicit catch-all rule (/*), where the default is written as one."
    )
    host_routing: bool | None = Field(None, description="Whether rules also look at the host header.")


class Cdn(Section):
    """The content delivery network in front of the load balancer."""

    service: Literal["cloudfront"] | None = Field(None, description="Which CDN.")
    origin: Literal["load_balancer"] | None = Field(None, description="Where it fetches from.")
