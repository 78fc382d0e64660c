"""Rules of other installed packages."""

from __future__ import annotations

import pytest

from asbuilt.discovery import DuplicateRuleError, discover

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
