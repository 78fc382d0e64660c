"""Synthesise fixtures/cdk/app.js again: `python scripts/make_cdk_fixture.py`.

Needs node and npm, which fetches aws-cdk-lib; synthesis itself needs no network and no account. What the CDK writes for
its own tools (the tree, metadata, the report of feature flags) is left out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

VERSION = "2.276.0"
APP = Path(__file__).parents[1] / "fixtures" / "cdk"
# What the command `cdk synth` sets: without it templates name no constructs and no assets.
CONTEXT = {
    "aws:cdk:enable-path-metadata": True,
    "aws:cdk:enable-asset-metadata": True,
    "aws:cdk:version-reporting": True,
}
LEFT_OUT = ("*.metadata.json", "tree.json", "validation-report.json")


def main() -> None:
    """Install the library in a folder of its own, synthesise, trim."""
    target = APP / "cdk.out"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(APP, folder / "app", ignore=shutil.ignore_patterns("cdk.out"))
        packages = [f"aws-cdk-lib@{VERSION}", "constructs@10"]
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", name, *packages], check=True)
        environment = {**os.environ, "CDK_OUTDIR": str(folder / "out"), "CDK_CONTEXT_JSON": json.dumps(CONTEXT)}
        subprocess.run(["node", str(folder / "app" / "app.js")], check=True, env=environment)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder / "out", target, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for manifest in target.rglob("manifest.json"):
        data = json.loads(manifest.read_text("utf-8"))
        kept = ("cdk:cloud-assembly", "cdk:asset-manifest", "aws:cloudformation:stack")
        data["artifacts"] = {key: body for key, body in data["artifacts"].items() if body["type"] in kept}
        for body in data["artifacts"].values():
            body.pop("additionalMetadataFile", None)
        manifest.write_text(json.dumps(data, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
