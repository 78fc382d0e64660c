"""The built form of bundled specs: what loading one skips, and when it is not used."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from asbuilt.spec import load
from asbuilt.spec.built import as_built, to_build
from asbuilt.spec.load import SpecDocument, bundled, load_spec, read_checked

SPECS = sorted(bundled().items())


@pytest.mark.parametrize(("name", "path"), SPECS)
def test_the_built_form_is_that_of_the_yaml(name: str, path: Path) -> None:
    raw = path.read_bytes()
    content, notes = read_checked(raw, path.suffix, path.name)
    sha256 = hashlib.sha256(raw).hexdigest()
    assert notes == ()
    read = SpecDocument(name, path.name, sha256, content)
    assert [read.resolve(environment).name for environment in (None, *read.environments())]  # every value is right
    assert path.with_suffix(".json").read_text("utf-8") == to_build(content, sha256), "run: make specs"
    assert as_built(path, sha256, path.name) == content


@pytest.mark.parametrize(("name", "path"), SPECS)
def test_loading_a_bundled_spec_reads_no_yaml(name: str, path: Path) -> None:
    code = f"import sys; from asbuilt.spec import load_spec; load_spec({name!r}); print('yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundled spec somewhere else, bundled there."""
    source = bundled()["broxiva"]
    for path in (source, source.with_suffix(".json")):
        shutil.copy(path, tmp_path)
    copy = tmp_path / source.name
    monkeypatch.setattr(load, "bundled", lambda: {"broxiva": copy})
    return copy


def test_a_changed_spec_is_read_anew(copied: Path) -> None:
    before = load_spec("broxiva").resolve("prod").logging.retention_days
    copied.write_text(copied.read_text("utf-8").replace(f"retention_days: {before}", "retention_days: 7"), "utf-8")
    assert load_spec("broxiva").resolve("prod").logging.retention_days == 7 != before


@pytest.mark.parametrize("text", ["", "{", None])
def test_without_a_built_form_the_yaml_is_read(copied: Path, text: str | None) -> None:
    built = copied.with_suffix(".json")
    built.unlink() if text is None else built.write_text(text, "utf-8")
    assert load_spec("broxiva").resolve("prod").name == "broxiva"


def test_a_spec_of_the_users_own_has_no_built_form(tmp_path: Path) -> None:
    source = bundled()["broxiva"]
    own = tmp_path / "own.yaml"
    own.write_bytes(source.read_bytes())
    built = source.with_suffix(".json").read_text("utf-8").replace('"retention_days":30', '"retention_days":7')
    own.with_suffix(".json").write_text(built, "utf-8")
    assert load_spec(str(own)).resolve("prod").logging.retention_days == 30
