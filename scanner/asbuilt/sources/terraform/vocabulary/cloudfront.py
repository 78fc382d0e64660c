"""CloudFront distributions: everything stands below `DistributionConfig`."""

from __future__ import annotations

from asbuilt.sources.terraform.vocabulary.language import Rule, flag, number
from asbuilt.sources.terraform.vocabulary.lists import tags
from asbuilt.sources.terraform.vocabulary.nested import many, one
from asbuilt.sources.terraform.vocabulary.tables import Table

_C = "DistributionConfig."

_BEHAVIOR: dict[str, Rule | str] = {
    "allowed_methods": "AllowedMethods",
    "cached_methods": "CachedMethods",
    "cache_policy_id": "CachePolicyId",
    "compress": flag("Compress"),
    "default_ttl": number("DefaultTTL"),
    "field_level_encryption_id": "FieldLevelEncryptionId",
    "forwarded_values": one(
        "ForwardedValues",
        {
            "cookies": one("Cookies", {"forward": "Forward", "whitelisted_names": "WhitelistedNames"}),
            "headers": "Headers",
            "query_string": flag("QueryString"),
            "query_string_cache_keys": "QueryStringCacheKeys",
        },
    ),
    "function_association": many("FunctionAssociations", {"event_type": "EventType", "function_arn": "FunctionARN"}),
    "lambda_function_association": many(
        "LambdaFunctionAssociations",
        {"event_type": "EventType", "include_body": flag("IncludeBody"), "lambda_arn": "LambdaFunctionARN"},
    ),
    "max_ttl": number("MaxTTL"),
    "min_ttl": number("MinTTL"),
    "origin_request_policy_id": "OriginRequestPolicyId",
    "realtime_log_config_arn": "RealtimeLogConfigArn",
    "response_headers_policy_id": "ResponseHeadersPolicyId",
    "smooth_streaming": flag("SmoothStreaming"),
    "target_origin_id": "TargetOriginId",
    "trusted_key_groups": "TrustedKeyGroups",
    "trusted_signers": "TrustedSigners",
    "viewer_protocol_policy": "ViewerProtocolPolicy",
}

_ORIGIN: dict[str, Rule | str] = {
    "domain_name": "DomainName",
    "origin_id": "Id",
    "connection_attempts": number("ConnectionAttempts"),
    "connection_timeout": number("ConnectionTimeout"),
    "custom_header": many("OriginCustomHeaders", {"name": "HeaderName", "value": "HeaderValue"}),
    "custom_origin_config": one(
        "CustomOriginConfig",
        {
            "http_port": number("HTTPPort"),
            "https_port": number("HTTPSPort"),
            "ip_address_type": "IpAddressType",
            "origin_keepalive_timeout": number("OriginKeepaliveTimeout"),
            "origin_protocol_policy": "OriginProtocolPolicy",
            "origin_read_timeout": number("OriginReadTimeout"),
            "origin_ssl_protocols": "OriginSSLProtocols",
        },
    ),
    "origin_access_control_id": "OriginAccessControlId",
    "origin_path": "OriginPath",
    "origin_shield": one("OriginShield", {"enabled": flag("Enabled"), "origin_shield_region": "OriginShieldRegion"}),
    "s3_origin_config": one("S3OriginConfig", {"origin_access_identity": "OriginAccessIdentity"}),
    "vpc_origin_config": one(
        "VpcOriginConfig",
        {
            "origin_keepalive_timeout": number("OriginKeepaliveTimeout"),
            "origin_read_timeout": number("OriginReadTimeout"),
            "vpc_origin_id": "VpcOriginId",
        },
    ),
}

TABLES = {
    "aws_cloudfront_distribution": Table(
        "AWS::CloudFront::Distribution",
        {
            "aliases": f"{_C}Aliases",
            "anycast_ip_list_id": f"{_C}AnycastIpListId",
            "comment": f"{_C}Comment",
            "custom_error_response": many(
                f"{_C}CustomErrorResponses",
                {
                    "error_caching_min_ttl": number("ErrorCachingMinTTL"),
                    "error_code": number("ErrorCode"),
                    "response_code": number("ResponseCode"),
                    "response_page_path": "ResponsePagePath",
                },
            ),
            "default_cache_behavior": one(f"{_C}DefaultCacheBehavior", _BEHAVIOR),
            "default_root_object": f"{_C}DefaultRootObject",
            "enabled": flag(f"{_C}Enabled"),
            "http_version": f"{_C}HttpVersion",
            "is_ipv6_enabled": flag(f"{_C}IPV6Enabled"),
            "logging_config": one(
                f"{_C}Logging",
                {"bucket": "Bucket", "include_cookies": flag("IncludeCookies"), "prefix": "Prefix"},
            ),
            "ordered_cache_behavior": many(f"{_C}CacheBehaviors", {"path_pattern": "PathPattern", **_BEHAVIOR}),
            "origin": many(f"{_C}Origins", _ORIGIN),
            "price_class": f"{_C}PriceClass",
            "restrictions": one(
                f"{_C}Restrictions",
                {
                    "geo_restriction": one(
                        "GeoRestriction", {"locations": "Locations", "restriction_type": "RestrictionType"}
                    )
                },
            ),
            "staging": flag(f"{_C}Staging"),
            "viewer_certificate": one(
                f"{_C}ViewerCertificate",
                {
                    "acm_certificate_arn": "AcmCertificateArn",
                    "cloudfront_default_certificate": flag("CloudFrontDefaultCertificate"),
                    "iam_certificate_id": "IamCertificateId",
                    "minimum_protocol_version": "MinimumProtocolVersion",
                    "ssl_support_method": "SslSupportMethod",
                },
            ),
            "web_acl_id": f"{_C}WebACLId",
            "tags": tags("Tags"),
        },
    ),
}
