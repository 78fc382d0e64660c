"""Elastic Load Balancing, version 2: load balancers, target groups, listeners, rules."""

from __future__ import annotations

from asbuilt.sources.terraform.vocabulary.language import Rule, choice, flag, number, prefix
from asbuilt.sources.terraform.vocabulary.lists import attribute, each, tags
from asbuilt.sources.terraform.vocabulary.nested import many, one
from asbuilt.sources.terraform.vocabulary.tables import Table

_LB, _TG, _LISTENER = "LoadBalancerAttributes", "TargetGroupAttributes", "ListenerAttributes"


def _s3_logs(name: str) -> Rule:
    return one(
        "",
        {
            "bucket": attribute(_LB, f"{name}.s3.bucket"),
            "enabled": attribute(_LB, f"{name}.s3.enabled"),
            "prefix": attribute(_LB, f"{name}.s3.prefix"),
        },
    )


_AUTHENTICATE: dict[str, Rule | str] = {
    "authentication_request_extra_params": "AuthenticationRequestExtraParams",
    "on_unauthenticated_request": "OnUnauthenticatedRequest",
    "scope": "Scope",
    "session_cookie_name": "SessionCookieName",
    "session_timeout": number("SessionTimeout"),
}

ACTION: dict[str, Rule | str] = {
    "type": "Type",
    "order": number("Order"),
    "target_group_arn": "TargetGroupArn",
    "redirect": one(
        "RedirectConfig",
        {
            "host": "Host",
            "path": "Path",
            "port": "Port",
            "protocol": "Protocol",
            "query": "Query",
            "status_code": "StatusCode",
        },
    ),
    "fixed_response": one(
        "FixedResponseConfig",
        {"content_type": "ContentType", "message_body": "MessageBody", "status_code": "StatusCode"},
    ),
    "forward": one(
        "ForwardConfig",
        {
            "target_group": many("TargetGroups", {"arn": "TargetGroupArn", "weight": number("Weight")}),
            "stickiness": one(
                "TargetGroupStickinessConfig", {"duration": number("DurationSeconds"), "enabled": flag("Enabled")}
            ),
        },
    ),
    "authenticate_cognito": one(
        "AuthenticateCognitoConfig",
        {
            **_AUTHENTICATE,
            "user_pool_arn": "UserPoolArn",
            "user_pool_client_id": "UserPoolClientId",
            "user_pool_domain": "UserPoolDomain",
        },
    ),
    "authenticate_oidc": one(
        "AuthenticateOidcConfig",
        {
            **_AUTHENTICATE,
            "authorization_endpoint": "AuthorizationEndpoint",
            "client_id": "ClientId",
            "client_secret": "ClientSecret",
            "issuer": "Issuer",
            "token_endpoint": "TokenEndpoint",
            "user_info_endpoint": "UserInfoEndpoint",
        },
    ),
    "jwt_validation": one(
        "JwtValidationConfig",
        {
            "additional_claim": many("AdditionalClaims", {"format": "Format", "name": "Name", "values": "Values"}),
            "issuer": "Issuer",
            "jwks_endpoint": "JwksEndpoint",
        },
    ),
}

_VALUES: dict[str, Rule | str] = {"values": "Values", "regex_values": "RegexValues"}

# CloudFormation wants Field beside each …Config; rules read the Config, and `Field` follows from it.
_CONDITION: dict[str, Rule | str] = {
    "host_header": one("HostHeaderConfig", _VALUES),
    "path_pattern": one("PathPatternConfig", _VALUES),
    "http_header": one("HttpHeaderConfig", {"http_header_name": "HttpHeaderName", **_VALUES}),
    "http_request_method": one("HttpRequestMethodConfig", {"values": "Values"}),
    "query_string": many("QueryStringConfig.Values", {"key": "Key", "value": "Value"}),
    "source_ip": one("SourceIpConfig", {"values": "Values"}),
    "field": "Field",  # provider 2 and older
    "values": "Values",
}

_REWRITES: dict[str, Rule | str] = {"rewrite": many("Rewrites", {"regex": "Regex", "replace": "Replace"})}

_LOAD_BALANCER = Table(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    {
        "name": "Name",
        "name_prefix": prefix("Name"),
        "internal": choice("Scheme", {True: "internal", False: "internet-facing"}),
        "load_balancer_type": "Type",
        "ip_address_type": "IpAddressType",
        "security_groups": "SecurityGroups",
        "subnets": "Subnets",
        "subnet_mapping": many(
            "SubnetMappings",
            {
                "allocation_id": "AllocationId",
                "ipv6_address": "IPv6Address",
                "private_ipv4_address": "PrivateIPv4Address",
                "subnet_id": "SubnetId",
            },
        ),
        "ipam_pools": one("", {"ipv4_ipam_pool_id": "Ipv4IpamPoolId"}),
        "minimum_load_balancer_capacity": one(
            "MinimumLoadBalancerCapacity", {"capacity_units": number("CapacityUnits")}
        ),
        "enforce_security_group_inbound_rules_on_private_link_traffic": (
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
        ),
        "access_logs": _s3_logs("access_logs"),
        "connection_logs": _s3_logs("connection_logs"),
        "health_check_logs": _s3_logs("health_check_logs"),
        "client_keep_alive": attribute(_LB, "client_keep_alive.seconds"),
        "desync_mitigation_mode": attribute(_LB, "routing.http.desync_mitigation_mode"),
        "dns_record_client_routing_policy": attribute(_LB, "dns_record.client_routing_policy"),
        "drop_invalid_header_fields": attribute(_LB, "routing.http.drop_invalid_header_fields.enabled"),
        "enable_cross_zone_load_balancing": attribute(_LB, "load_balancing.cross_zone.enabled"),
        "enable_deletion_protection": attribute(_LB, "deletion_protection.enabled"),
        "enable_http2": attribute(_LB, "routing.http2.enabled"),
        "enable_tls_version_and_cipher_suite_headers": attribute(
            _LB, "routing.http.x_amzn_tls_version_and_cipher_suite.enabled"
        ),
        "enable_waf_fail_open": attribute(_LB, "waf.fail_open.enabled"),
        "enable_xff_client_port": attribute(_LB, "routing.http.xff_client_port.enabled"),
        "enable_zonal_shift": attribute(_LB, "zonal_shift.config.enabled"),
        "idle_timeout": attribute(_LB, "idle_timeout.timeout_seconds"),
        "preserve_host_header": attribute(_LB, "routing.http.preserve_host_header.enabled"),
        "xff_header_processing_mode": attribute(_LB, "routing.http.xff_header_processing.mode"),
        "tags": tags("Tags"),
    },
    name="Name",
)

_TARGET_GROUP = Table(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    {
        "name": "Name",
        "name_prefix": prefix("Name"),
        "port": number("Port"),
        "protocol": "Protocol",
        "protocol_version": "ProtocolVersion",
        "target_type": "TargetType",
        "target_control_port": number("TargetControlPort"),
        "ip_address_type": "IpAddressType",
        "vpc_id": "VpcId",
        "health_check": one(
            "",
            {
                "enabled": flag("HealthCheckEnabled"),
                "healthy_threshold": number("HealthyThresholdCount"),
                "interval": number("HealthCheckIntervalSeconds"),
                "matcher": "Matcher.HttpCode",
                "path": "HealthCheckPath",
                "port": "HealthCheckPort",
                "protocol": "HealthCheckProtocol",
                "timeout": number("HealthCheckTimeoutSeconds"),
                "unhealthy_threshold": number("UnhealthyThresholdCount"),
            },
        ),
        "deregistration_delay": attribute(_TG, "deregistration_delay.timeout_seconds"),
        "connection_termination": attribute(_TG, "deregistration_delay.connection_termination.enabled"),
        "lambda_multi_value_headers_enabled": attribute(_TG, "lambda.multi_value_headers.enabled"),
        "load_balancing_algorithm_type": attribute(_TG, "load_balancing.algorithm.type"),
        "load_balancing_anomaly_mitigation": attribute(_TG, "load_balancing.algorithm.anomaly_mitigation"),
        "load_balancing_cross_zone_enabled": attribute(_TG, "load_balancing.cross_zone.enabled"),
        "preserve_client_ip": attribute(_TG, "preserve_client_ip.enabled"),
        "proxy_protocol_v2": attribute(_TG, "proxy_protocol_v2.enabled"),
        "slow_start": attribute(_TG, "slow_start.duration_seconds"),
        "stickiness": one(
            "",
            {
                "enabled": attribute(_TG, "stickiness.enabled"),
                "type": attribute(_TG, "stickiness.type"),
                "cookie_duration": attribute(_TG, "stickiness.lb_cookie.duration_seconds"),
                "cookie_name": attribute(_TG, "stickiness.app_cookie.cookie_name"),
            },
        ),
        "tags": tags("Tags"),
    },
    name="Name",
)

_LISTENER_TABLE = Table(
    "AWS::ElasticLoadBalancingV2::Listener",
    {
        "load_balancer_arn": "LoadBalancerArn",
        "port": number("Port"),
        "protocol": "Protocol",
        "ssl_policy": "SslPolicy",
        "certificate_arn": each("Certificates", "CertificateArn"),
        "alpn_policy": "AlpnPolicy",
        "default_action": many("DefaultActions", ACTION),
        "mutual_authentication": one(
            "MutualAuthentication",
            {
                "advertise_trust_store_ca_names": "AdvertiseTrustStoreCaNames",
                "ignore_client_certificate_expiry": flag("IgnoreClientCertificateExpiry"),
                "mode": "Mode",
                "trust_store_arn": "TrustStoreArn",
            },
        ),
        "routing_http_response_server_enabled": attribute(_LISTENER, "routing.http.response.server.enabled"),
        "routing_http_response_strict_transport_security_header_value": attribute(
            _LISTENER, "routing.http.response.strict_transport_security.header_value"
        ),
        "routing_http_response_content_security_policy_header_value": attribute(
            _LISTENER, "routing.http.response.content_security_policy.header_value"
        ),
        "routing_http_response_x_content_type_options_header_value": attribute(
            _LISTENER, "routing.http.response.x_content_type_options.header_value"
        ),
        "routing_http_response_x_frame_options_header_value": attribute(
            _LISTENER, "routing.http.response.x_frame_options.header_value"
        ),
        "tcp_idle_timeout_seconds": attribute(_LISTENER, "tcp.idle_timeout.seconds"),
        "tags": tags("Tags"),
    },
    # An application load balancer's listener without a protocol gets HTTP or HTTPS from its port: left absent.
)

_RULE = Table(
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    {
        "listener_arn": "ListenerArn",
        "priority": number("Priority"),
        "action": many("Actions", ACTION),
        "condition": many("Conditions", _CONDITION),
        "transform": many(
            "Transforms",
            {
                "host_header_rewrite_config": one("HostHeaderRewriteConfig", _REWRITES),
                "type": "Type",
                "url_rewrite_config": one("UrlRewriteConfig", _REWRITES),
            },
        ),
        "tags": tags("Tags"),
    },
)

_ATTACHMENT = Table(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    {},
    item=("Targets", {"availability_zone": "AvailabilityZone", "port": number("Port"), "target_id": "Id"}),
    adds_to="target_group_arn",
    adds_to_types=("aws_lb_target_group", "aws_alb_target_group"),
)

_CERTIFICATE = Table(
    "AWS::ElasticLoadBalancingV2::ListenerCertificate",
    {"certificate_arn": each("Certificates", "CertificateArn"), "listener_arn": "ListenerArn"},
)

TABLES = {
    f"aws_{family}{type_}": table
    for type_, table in {
        "": _LOAD_BALANCER,
        "_target_group": _TARGET_GROUP,
        "_listener": _LISTENER_TABLE,
        "_listener_rule": _RULE,
        "_listener_certificate": _CERTIFICATE,
        "_target_group_attachment": _ATTACHMENT,
    }.items()
    for family in ("lb", "alb")
}
