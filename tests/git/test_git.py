"""Reading other commits: the files are theirs, and nothing in a repository runs."""

import os
import subprocess
from pathlib import Path

import pytest

from asbuilt.git import GitError, around, write_tree
from asbuilt.git.changes import Changes, changed_lines

PATH = os.environ["PATH"]


def git(folder: Path, *arguments: str, stdin: str | None = None) -> str:
    names = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    command = ["git", *names, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, input=stdin).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    (folder / "deep" / "er").mkdir(parents=True)
    git(folder, "init", "-q")
    (folder / "a.tf").write_text("a\r\nb\n")
    (folder / "deep" / "er" / "ä b.tf").write_text("deep\n")
    (folder / "link.tf").symlink_to("a.tf")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "base")
    return folder


def test_a_commit_is_written_as_it_is_stored(repository: Path, tmp_path: Path) -> None:
    (repository / "a.tf").write_text("changed\n")
    target = tmp_path / "out"
    target.mkdir()
    asked = around(repository / "deep", PATH)
    commit = asked.commit("HEAD")
    assert commit == git(repository, "rev-parse", "HEAD")
    found = write_tree(asked, commit, target)
    assert (found.files, found.left_out) == (3, ())
    assert (target / "a.tf").read_bytes() == b"a\r\nb\n"
    assert (target / "deep/er/ä b.tf").read_text() == "deep\n"
    assert (target / "link.tf").readlink() == Path("a.tf")
    assert asked.content(commit, "deep/er/ä b.tf") == b"deep\n"
    assert asked.content(commit, "none") is None
    assert asked.content(commit, "link.tf") is None
    assert asked.content(commit, "deep") is None


def test_references_are_no_options(repository: Path) -> None:
    asked = around(repository, PATH)
    for reference in ("", "none", "--output=/tmp/x", "-h", "HEAD\0", "HEAD:a.tf", "HEAD^{tree}"):
        assert asked.commit(reference) is None


def test_no_repository_and_no_git_say_so(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GitError, match="not inside of a git checkout"):
        around(tmp_path, PATH)
    # A git that the checkout brings is none.
    (repository / "git").write_text("#!/bin/sh\ntouch /tmp/never\n")
    (repository / "git").chmod(0o755)
    monkeypatch.chdir(repository)
    for search in ("", ".", f".{os.pathsep}bin"):
        with pytest.raises(GitError, match="git is not on the PATH"):
            around(repository, search)


def test_histories_without_a_common_commit_have_no_merge_base(repository: Path) -> None:
    git(repository, "checkout", "-q", "--orphan", "other")
    git(repository, "commit", "-q", "-m", "other")
    asked = around(repository, PATH)
    assert asked.merge_base(asked.commit("main"), asked.commit("other")) is None


def test_nothing_in_a_repository_runs(repository: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    run = tmp_path / "run.sh"
    run.write_text(f"#!/bin/sh\necho ran >> {canary}\ncat\n")
    run.chmod(0o755)
    (repository / ".gitattributes").write_text("* filter=evil diff=evil merge=evil text eol=crlf ident\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "attributes")
    hooks = repository / ".git" / "hooks"
    for name in ("post-checkout", "pre-commit", "post-index-change", "reference-transaction", "fsmonitor-watchman"):
        (hooks / name).write_text(f"#!/bin/sh\necho hook >> {canary}\n")
        (hooks / name).chmod(0o755)
    for key in (
        *("core.fsmonitor", "core.pager", "core.sshCommand", "core.gitProxy", "core.alternateRefsCommand"),
        *("core.askPass", "core.editor", "diff.external", "diff.evil.textconv", "diff.evil.command"),
        *("filter.evil.smudge", "filter.evil.clean", "filter.evil.process", "merge.evil.driver", "gpg.program"),
        *("pager.ls-tree", "pager.cat-file", "pager.rev-parse", "credential.helper", "uploadpack.packObjectsHook"),
    ):
        git(repository, "config", key, str(run))
    for alias in ("ls-tree", "cat-file", "rev-parse", "merge-base"):
        git(repository, "config", f"alias.{alias}", f"!{run}")
    # A promisor remote: git would fetch objects that are missing, with a transport of the repository's choice.
    git(repository, "config", "extensions.partialClone", "evil")
    git(repository, "config", "core.repositoryFormatVersion", "1")
    git(repository, "config", "remote.evil.promisor", "true")
    git(repository, "config", "remote.evil.url", f"ext::{run}")
    git(repository, "config", "protocol.ext.allow", "always")
    canary.unlink(missing_ok=True)
    target = tmp_path / "out"
    target.mkdir()
    asked = around(repository, PATH)
    commit = asked.commit("HEAD")
    assert asked.merge_base(commit, commit) == commit
    write_tree(asked, commit, target)
    assert (target / "a.tf").read_bytes() == b"a\nb\n"  # as stored, not as eol=crlf would have it
    blob = git(repository, "rev-parse", "HEAD:deep/er/ä b.tf")
    canary.unlink(missing_ok=True)
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    again = tmp_path / "again"
    again.mkdir()
    with pytest.raises(GitError):
        write_tree(asked, commit, again)
    assert not canary.exists()


def test_trees_that_lead_out_are_refused(repository: Path, tmp_path: Path) -> None:
    blob = git(repository, "hash-object", "-w", "--stdin", stdin="evil")
    link = git(repository, "hash-object", "-w", "--stdin", stdin=str(tmp_path / "victim"))
    (tmp_path / "victim").mkdir()

    def tree(*rows: tuple[str, str, str, str]) -> str:
        """Write a tree that git itself would never make."""
        raw = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(oid) for mode, _, oid, name in rows)
        command = ["git", "hash-object", "-t", "tree", "-w", "--literally", "--stdin"]
        done = subprocess.run(command, cwd=repository, check=True, capture_output=True, input=raw)
        return done.stdout.decode().strip()

    inner = tree(("100644", "blob", blob, "evil"))
    hooks = tree(("100644", "blob", blob, "pre-commit"))
    below = tree(("120000", "blob", link, "inner"))
    top = tree(
        ("120000", "blob", link, "door"),
        ("40000", "tree", inner, "door"),
        ("40000", "tree", below, "door2"),
        ("120000", "blob", link, "door3"),
        ("40000", "tree", below, "door3"),
        ("40000", "tree", inner, ".."),
        ("40000", "tree", hooks, ".GIT"),
        ("100644", "blob", blob, "fine"),
        ("160000", "commit", "1" * 40, "module"),
    )
    commit = git(repository, "commit-tree", top, "-m", "evil")
    target = tmp_path / "out" / "tree"
    target.mkdir(parents=True)
    asked = around(repository, PATH)
    found = write_tree(asked, commit, target)
    assert (target / "fine").read_text() == "evil"
    assert list((tmp_path / "victim").iterdir()) == []
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["tree"]
    assert not (target / ".GIT").exists()
    assert any("submodule" in text for text in found.left_out)


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        (None, b"a\nb\n", {1, 2}),
        (b"a\nb\nc\n", b"a\nx\nc\n", {2}),
        (b"a\nc\n", b"a\nb\nc\n", {2}),
        (b"a\nb\nc\n", b"a\nc\n", {2}),
        (b"a\nb\n", b"a\n", {1}),
        (b"a\n", b"a\n", set()),
        (b"x\n" * 9000 + b"end", b"y\n" * 9000 + b"end", set(range(1, 9001))),
    ],
)
def test_changed_lines(old: bytes | None, new: bytes, lines: set[int]) -> None:
    assert changed_lines(old, new) == lines


def test_changes_are_those_of_the_work_tree(repository: Path) -> None:
    asked = around(repository, PATH)
    changes = Changes(asked, asked.commit("HEAD"), repository / "deep")
    (repository / "deep" / "er" / "ä b.tf").write_text("deep\nnew\n")
    assert not changes.touch("er/ä b.tf", 1, 1)
    assert changes.touch("er/ä b.tf", 2, 2)
    assert changes.touch("er/ä b.tf", 1, 5)
    assert not changes.touch("../a.tf", 1, 9)
    assert not changes.touch("../../outside", 1, 9)
