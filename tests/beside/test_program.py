"""Where checkov is looked for, and where never."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from asbuilt.checkov import program as module
from asbuilt.checkov.program import CheckovError, find
from beside.fakes import program


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_own", lambda: None)
    (tmp_path / "here").mkdir()
    (tmp_path / "repo").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    program(path, "")
    return path


def test_the_first_on_the_path(tmp_path: Path) -> None:
    one, two = folder(tmp_path / "one"), folder(tmp_path / "two")
    (one / "checkov").chmod(0o644)
    found = find(None, [tmp_path / "repo"], {"PATH": f"{tmp_path}/none:{one}:{two}"})
    assert found.command == (str(two / "checkov"),)


def test_never_from_the_checkout_that_is_scanned(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    bad, good = folder(repo / "tools/bin"), folder(tmp_path / "good")
    (repo / ".git").mkdir()
    (repo / "environments/prod").mkdir(parents=True)
    with pytest.raises(CheckovError, match="is not trusted"):
        find(None, [repo / "environments/prod"], {"PATH": str(bad)})
    assert find(None, [repo / "environments/prod"], {"PATH": f"{bad}:{good}"}).command == (str(good / "checkov"),)


def test_never_from_the_current_directory(tmp_path: Path) -> None:
    program(tmp_path / "here", "")
    folder(tmp_path / "here/bin")
    for entry in ("", ".", "bin", str(tmp_path / "here"), str(tmp_path / "here/bin")):
        with pytest.raises(CheckovError):
            find(None, [tmp_path / "repo"], {"PATH": entry})


def test_in_the_root_of_the_file_system_the_path_still_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = folder(tmp_path / "one")
    monkeypatch.chdir("/")
    assert find(None, [tmp_path / "repo"], {"PATH": str(one)}).command == (str(one / "checkov"),)


def test_never_through_a_link_into_the_checkout(tmp_path: Path) -> None:
    repo, links = tmp_path / "repo", tmp_path / "links"
    folder(repo / "bin")
    (repo / ".git").mkdir()
    links.mkdir()
    (links / "checkov").symlink_to(repo / "bin/checkov")
    with pytest.raises(CheckovError, match="is not trusted"):
        find(None, [repo], {"PATH": str(links)})


def test_the_one_that_the_user_names(tmp_path: Path) -> None:
    named = folder(tmp_path / "repo") / "checkov"
    assert find(named, [tmp_path / "repo"], {}).command == (str(named),)
    with pytest.raises(CheckovError, match="no program"):
        find(tmp_path / "nothing", [], {})


def test_none_at_all() -> None:
    with pytest.raises(CheckovError, match="not installed") as error:
        find(None, [], {"PATH": os.defpath})
    assert "pip install 'asbuilt[checkov]'" in error.value.action


def test_the_environment_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    packages = tmp_path / "site-packages"
    (packages / "checkov").mkdir(parents=True)
    (packages / "checkov/main.py").touch()
    (packages / "checkov-3.2.500.dist-info").mkdir()
    monkeypatch.setattr(module.sysconfig, "get_path", lambda _: str(packages))
    found = find(None, [], {"PATH": str(folder(tmp_path / "other"))})
    assert (found.command[1:], found.version) == (("-I", "-m", "checkov.main"), "3.2.500")
