"""The commit that results were found at."""

import subprocess
from pathlib import Path

from asbuilt.checkout import commit_of


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.invalid")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_the_commit_is_found_loose_packed_detached_and_in_a_worktree(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    below = repository / "a" / "b"
    below.mkdir(parents=True)
    git(repository, "init", "-q", "-b", "main")
    assert commit_of(below) is None
    git(repository, "commit", "-q", "--allow-empty", "-m", "one")
    head = git(repository, "rev-parse", "HEAD")
    assert commit_of(below) == head
    git(repository, "pack-refs", "--all")
    assert commit_of(below) == head
    git(repository, "worktree", "add", "-q", "-b", "other", str(tmp_path / "worktree"))
    assert commit_of(tmp_path / "worktree") == head
    git(repository, "checkout", "-q", "--detach")
    assert commit_of(below) == head


def test_nothing_is_made_up(tmp_path: Path) -> None:
    assert commit_of(tmp_path) is None
    (tmp_path / ".git").write_text("gitdir: nowhere")
    assert commit_of(tmp_path) is None
    (tmp_path / ".git").unlink()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: ../../etc/passwd")
    assert commit_of(tmp_path) is None
