"""Make the table of load balancer TLS policies from what moto ships; `--check` compares instead of writing."""

import sys
from importlib.metadata import version
from pathlib import Path

from moto.elbv2.ssl_policies import SSL_POLICIES

TARGET = Path(__file__).parent.parent / "scanner/asbuilt/topology/tls_policies.py"


def table() -> str:
    """Return the module's text."""
    rows = {p["name"]: tuple(sorted(p["ssl_protocols"])) for p in SSL_POLICIES.values()}
    lines = [
        '"""The TLS protocol versions each predefined security policy of Application Load Balancers negotiates.',
        "",
        f"Made by `scripts/make_tls_policies.py` from moto {version('moto')} (elbv2 DescribeSSLPolicies); do not edit.",
        'Source: Elastic Load Balancing User Guide, "Security policies for your Application Load Balancer".',
        '"""',
        "",
        "TLS_POLICIES: dict[str, tuple[str, ...]] = {",
        *(f'    "{name}": {rows[name]!r},'.replace("'", '"') for name in sorted(rows)),
        "}",
        "",
        "# What a listener uses that names no policy, when it is not made in the console.",
        'DEFAULT_POLICY = "ELBSecurityPolicy-2016-08"',
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Write the table, or compare it."""
    if "--check" in sys.argv:
        return int(TARGET.read_text() != table())
    TARGET.write_text(table())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
