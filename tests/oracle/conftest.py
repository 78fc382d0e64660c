"""Print at the end of a run how much of the recorded answers of the `terraform` binary we agree with."""

from typing import Any

SHARES = {
    "test_answers_as_terraform_does": "expressions answered as Terraform answers them",
    "test_knows_what_terraform_plans": "expressions over values known only after apply",
    "test_a_configuration_is_planned_as_terraform_plans_it": "whole configurations planned as Terraform plans them",
}


def pytest_terminal_summary(terminalreporter: Any) -> None:
    stats = terminalreporter.stats
    for name, words in SHARES.items():
        agree, differ = (sum(f"::{name}" in r.nodeid for r in stats.get(k, ())) for k in ("passed", "failed"))
        if agree + differ:
            share = 100 * agree / (agree + differ)
            terminalreporter.write_line(f"oracle: {agree} of {agree + differ} {words} ({share:.1f} %)")
