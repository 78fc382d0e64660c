"""Rules of other installed packages."""

from __future__ import annotations

import importlib
import pkgutil
import zipfile

import pytest

import asbuilt_policies
from asbuilt.discovery import DuplicateRuleError, _modules, discover
from asbuilt.rules import rules_in

RULE = '''
from asbuilt.rules import platform_rule

@platform_rule(id="{id}", severity="low", enforces="region")
def check(spec, graph):
    """Never found.

    Why: a test.

    Fix: none.

    Source: none.
    """
    yield from ()
'''


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install a package of one rule into a folder on the path."""

    def install(name: str, rule: str) -> None:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(RULE.format(id=rule))
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[asbuilt.rules]\n{name} = {name}\n")
        monkeypatch.syspath_prepend(str(tmp_path))

    return install


def test_rules_of_installed_packages_are_found(installed):
    assert "made-for-the-test" not in {rule.id for rule in discover()}
    installed("asbuilt_more_rules_a", "made-for-the-test")
    assert "made-for-the-test" in {rule.id for rule in discover()}


def test_an_id_can_be_had_once(installed):
    installed("asbuilt_more_rules_b", "task-count")
    with pytest.raises(DuplicateRuleError, match="task-count"):
        discover()


def test_a_path_that_is_no_folder_is_asked_the_long_way(tmp_path, monkeypatch):
    archive = tmp_path / "x.zip"
    archive.write_bytes(b"")
    monkeypatch.syspath_prepend(str(archive))
    assert len(discover()) > 50


def test_modules_are_found_as_pkgutil_finds_them():
    names = {info.name for info in pkgutil.walk_packages(asbuilt_policies.__path__, "asbuilt_policies.")}
    found = [module.__name__ for module in _modules(asbuilt_policies)]
    assert len(found) == len(set(found)) > 100
    assert set(found) == names | {"asbuilt_policies"}


def test_rules_in_an_archive_are_found(tmp_path, monkeypatch):
    archive = tmp_path / "more.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("asbuilt_zipped/__init__.py", "")
        file.writestr("asbuilt_zipped/deeper/__init__.py", "")
        file.writestr("asbuilt_zipped/deeper/rule.py", RULE.format(id="zipped"))
    monkeypatch.syspath_prepend(str(archive))
    package = importlib.import_module("asbuilt_zipped")
    assert [rule.id for module in _modules(package) for rule in rules_in(module)] == ["zipped"]
