"""What is built: numbers written down here once more, so that building and auditing do not read the same file."""

from __future__ import annotations

from dataclasses import dataclass, field

REGION = "us-east-1"
PROJECT = "broxiva"
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
TIERS = {"public": 100, "private": 0, "database": 200}  # the number before the third octet of the first subnet
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
XRAY_IMAGE = "public.ecr.aws/xray/aws-xray-daemon:3.3.14"
INTERFACE_ENDPOINTS = ("ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager", "ssm", "ssmmessages")
SECRETS = ("database", "redis", "jwt", "stripe", "openai", "sendgrid", "supplier-edi")
PARAMETERS = {
    "log-level": "info",
    "feature-flags": "new-checkout,recommendations-v2",
    "default-currency": "USD",
    "mail-from": "orders@broxiva.com",
    "search-page-size": "48",
}


@dataclass(frozen=True)
class Service:
    """One service: what it listens on, its size and bounds, what it is routed by, and the secrets it reads."""

    name: str
    cpu: int
    memory: int
    least: int
    most: int
    port: int | None = None
    path: str = ""
    priority: int | None = None
    patterns: tuple[str, ...] = ()
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def critical(self) -> bool:
        """Whether it is one of the critical services; the others are workers."""
        return self.port is not None


PROD = (
    Service(
        *("api", 2048, 4096, 5, 20, 4000, "/health", 100, ("/api/*", "/graphql")),
        secrets={"DATABASE_PASSWORD": "database", "JWT_SIGNING_KEY": "jwt", "STRIPE_API_KEY": "stripe"},
    ),
    Service("web", 1024, 2048, 5, 15, 3000, "/api/health", 200, ("/*",), secrets={"JWT_SIGNING_KEY": "jwt"}),
    Service(
        *("ai-engine", 512, 1024, 2, 10, 8002, "/health", 110, ("/ai/*",)),
        secrets={"OPENAI_API_KEY": "openai"},
    ),
    Service(
        *("recommendation", 512, 1024, 2, 10, 8001, "/health", 120, ("/recommendations/*",)),
        secrets={"REDIS_AUTH_TOKEN": "redis"},
    ),
    Service("search", 256, 512, 2, 10, 8003, "/health", 130, ("/search/*",)),
    Service(
        *("notification", 256, 512, 2, 10, 8009, "/health", 140, ("/notifications/*",)),
        secrets={"SENDGRID_API_KEY": "sendgrid"},
    ),
    Service(
        *("inventory", 256, 512, 2, 10, 8007, "/health", 160, ("/inventory/*",)),
        secrets={"DATABASE_PASSWORD": "database"},
    ),
    Service(
        *("pricing", 256, 512, 2, 6, 8006, "/health", 170, ("/pricing/*",)),
        secrets={"DATABASE_PASSWORD": "database"},
    ),
    Service("analytics", 256, 512, 1, 5, secrets={"DATABASE_PASSWORD": "database"}),
    Service("chatbot", 256, 512, 1, 5, secrets={"OPENAI_API_KEY": "openai"}),
    Service("fraud-detection", 256, 512, 1, 5, secrets={"STRIPE_API_KEY": "stripe"}),
    Service("media", 256, 512, 1, 5),
    Service("personalization", 256, 512, 1, 5, secrets={"REDIS_AUTH_TOKEN": "redis"}),
    Service("supplier-integration", 256, 512, 1, 5, secrets={"SUPPLIER_EDI_PASSWORD": "supplier-edi"}),
    Service("ai-agents", 256, 512, 1, 5, secrets={"OPENAI_API_KEY": "openai"}),
)


def half(service: Service) -> Service:
    """Return a service at half its size: no smaller than Fargate's smallest task, no fewer than one."""
    return Service(
        service.name,
        max(256, service.cpu // 2),
        max(512, service.memory // 2),
        max(1, -(-service.least // 2)),
        max(1, -(-service.most // 2)),
        service.port,
        service.path,
        service.priority,
        service.patterns,
        service.secrets,
    )


@dataclass(frozen=True)
class Environment:
    """One environment: the first two octets of its network, how long it keeps logs, its services."""

    name: str
    octets: str
    retention_days: int
    services: tuple[Service, ...]

    @property
    def prefix(self) -> str:
        """The first part of every name."""
        return f"{PROJECT}-{self.name}"

    @property
    def vpc_cidr(self) -> str:
        """The range of the VPC."""
        return f"{self.octets}.0.0/16"


ENVIRONMENTS = {
    "prod": Environment("prod", "10.0", 30, PROD),
    "staging": Environment("staging", "10.1", 14, tuple(map(half, PROD))),
}
