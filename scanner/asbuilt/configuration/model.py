"""The keys of the configuration; each says what an option of the command line says."""

from typing import Annotated, Final, Literal

from asbuilt.spec.models.base import Field, Section, Text

Severity = Literal["critical", "high", "medium", "low", "info"]
Days = Annotated[int, Field(ge=1, le=3660)]


class Configuration(Section):
    """What a project always says to asbuilt; the command line wins over it.

    Left out on purpose: whatever widens what may be read (`--root`, `--tf-var-env`) or where results are sent
    (`--store`). A checkout from somewhere else must not decide that.
    """

    paths: tuple[Text, ...] | None = Field(None, description="Folders, templates or plans to scan.")
    spec: Text | None = Field(None, description="A bundled name, a YAML file or the architecture document.")
    env: Text | None = Field(None, description="The environment of the spec.")
    variables: dict[Text, str] = Field({}, description="Terraform input variables: name: text")
    var_files: tuple[Text, ...] | None = Field(None, description="Files of Terraform variables.")
    workspace: Text | None = Field(None, description="What terraform.workspace is.")
    parameters: tuple[Text, ...] | None = Field(None, description="CloudFormation parameters: files, or NAME=VALUE.")
    module_dirs: dict[Text, Text] = Field({}, description="Where registry modules are on disk: source: folder")
    plan: Text | None = Field(None, description="The plan of the paths, as `terraform show -json` writes it.")
    only: tuple[Text, ...] | None = Field(None, description="Rules or requirements to run, and no others.")
    skip: tuple[Text, ...] | None = Field(None, description="Rules or requirements to leave out.")
    fail_on: Severity | None = Field(None, description="Lowest severity that exits 1.")
    on_unknown: Literal["ignore", "warn", "fail"] | None = Field(None, description="What an unknown verdict does.")
    allow_incomplete: bool | None = Field(None, description="Do not exit 3 because something could not be read.")
    waivers: Text | None = Field(None, description="A YAML file of waivers.")
    max_waiver_days: Days | None = Field(None, description="How many days ahead a waiver may expire.")
    inline_waivers: bool | None = Field(None, description="Whether waivers in comments of the code count.")
    baseline: Text | None = Field(None, description="An earlier result: only what is new since then exits 1.")
    changed_since: Text | None = Field(None, description="A git reference: only what is new since then exits 1.")
    rule_pages: Text | None = Field(None, description="Where the rules' pages are on the web: https://…/docs/rules")
    outputs: tuple[Text, ...] | None = Field(None, description="FORMAT or FORMAT=PATH, as -o takes them.")
    sarif_profile: Literal["github", "full"] | None = Field(None, description="Which results SARIF keeps.")
    sarif_anchor: Text | None = Field(None, description="The file SARIF pins findings to that have no place.")


# Keys that name files or folders: relative to the file they stand in.
PATHS: Final = ("paths", "var_files", "parameters", "module_dirs", "plan", "waivers", "baseline")
