"""The load balancer and the distribution in front of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from live_platform.facts import TLS_POLICY

if TYPE_CHECKING:
    from live_platform.account import Account, Platform


def build(aws: Account, made: Platform) -> None:
    """Make load balancer, target groups, listeners, rules and distribution."""
    balancer = aws.elbv2.create_load_balancer(
        Name=made.prefix,
        Type="application",
        Scheme="internet-facing",
        Subnets=made.subnets["public"],
        SecurityGroups=[made.groups["alb"]],
        Tags=[{"Key": "Environment", "Value": made.environment.name}],
    )["LoadBalancers"][0]
    made.balancer, made.balancer_name = balancer["LoadBalancerArn"], balancer["DNSName"]
    for service in made.environment.services:
        if service.port is not None:
            made.target_groups[service.name] = aws.elbv2.create_target_group(
                Name=f"{made.prefix}-{service.name}",
                Protocol="HTTP",
                Port=service.port,
                VpcId=made.vpc,
                TargetType="ip",
                HealthCheckPath=service.path,
                HealthCheckProtocol="HTTP",
                HealthCheckPort="traffic-port",
                Matcher={"HttpCode": "200"},
            )["TargetGroups"][0]["TargetGroupArn"]
    listeners(aws, made)
    distribution(aws, made)


def forward(target_group: str) -> list[dict[str, Any]]:
    """Return the actions that forward to one target group."""
    return [{"Type": "forward", "TargetGroupArn": target_group}]


def listeners(aws: Account, made: Platform) -> None:
    """Redirect HTTP to HTTPS; route HTTPS by path, and everything else to the web service."""
    certificate = aws.acm.request_certificate(DomainName="www.broxiva.com", ValidationMethod="DNS")["CertificateArn"]
    redirect = {
        "Protocol": "HTTPS",
        "Port": "443",
        "StatusCode": "HTTP_301",
        "Host": "#{host}",
        "Path": "/#{path}",
        "Query": "#{query}",
    }
    http = aws.elbv2.create_listener(
        LoadBalancerArn=made.balancer,
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "redirect", "RedirectConfig": redirect}],
    )
    https = aws.elbv2.create_listener(
        LoadBalancerArn=made.balancer,
        Protocol="HTTPS",
        Port=443,
        SslPolicy=TLS_POLICY,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=forward(made.target_groups["web"]),
    )
    made.listeners = {
        "http": http["Listeners"][0]["ListenerArn"],
        "https": https["Listeners"][0]["ListenerArn"],
    }
    for service in made.environment.services:
        if service.priority is not None:
            paths = {"Field": "path-pattern", "PathPatternConfig": {"Values": list(service.patterns)}}
            made.rules[service.name] = aws.elbv2.create_rule(
                ListenerArn=made.listeners["https"],
                Priority=service.priority,
                Conditions=[paths],
                Actions=forward(made.target_groups[service.name]),
            )["Rules"][0]["RuleArn"]


def distribution(aws: Account, made: Platform) -> None:
    """Make the distribution whose origin is the load balancer."""
    ports = {
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "https-only",
        "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
    }
    origin = {"Id": "alb", "DomainName": made.balancer_name, "CustomOriginConfig": ports}
    behavior = {
        "TargetOriginId": "alb",
        "ViewerProtocolPolicy": "redirect-to-https",
        "ForwardedValues": {"QueryString": True, "Cookies": {"Forward": "all"}},
        "MinTTL": 0,
    }
    aws.cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": made.prefix,
            "Comment": made.prefix,
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": behavior,
        }
    )
