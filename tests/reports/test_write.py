from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import asbuilt_reports
from asbuilt_reports.write import FORMATS, pieces, write_atomically, write_to_stream
from reports import sample


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_renders_and_is_deterministic(name: str) -> None:
    text = FORMATS[name](sample.results())
    assert text.endswith("\n")
    assert text == FORMATS[name](sample.results())
    assert "".join(pieces(name, sample.results())) == text
    text.encode()
    for empty in (sample.clean(), sample.results((), sections=(), rules=(), requirements=(), passes={})):
        text = FORMATS[name](empty)
        assert text
        assert text == "".join(pieces(name, empty))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_no_format_emits_a_control_or_a_secret(name: str) -> None:
    text = FORMATS[name](sample.results())
    bad = {char for char in text if not char.isprintable() and char not in "\n\r\u200b"}
    assert bad == set()
    if name != "json":  # which holds the frames as evaluation gave them
        assert "hunter2" not in text


def test_every_module_with_render_is_a_format() -> None:
    folder = Path(asbuilt_reports.__file__).parent
    rendering = {
        path.stem
        for path in folder.glob("*.py")
        if re.search(r"^def render\(\s*results", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {FORMATS[name].__module__.rsplit(".", 1)[1] for name in FORMATS} == rendering


def test_only_html_imports_jinja2() -> None:
    others = [name for name in FORMATS if name != "html"]
    code = (
        "import sys; from asbuilt_reports.write import FORMATS\n"
        "assert not [m for m in sys.modules if m.startswith('asbuilt_reports.') and m != 'asbuilt_reports.write']\n"
        f"[FORMATS[name] for name in {others!r}]\n"
        "assert 'jinja2' not in sys.modules and 'jsonschema' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_unknown_format() -> None:
    with pytest.raises(KeyError):
        FORMATS["pdf"]


def test_writes_whole_files_only(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    write_atomically(target, "old")

    def broken() -> Iterator[str]:
        yield "n" * 300_000
        raise ValueError("a piece that cannot be made")

    with pytest.raises(ValueError, match="a piece"):
        write_atomically(target, broken())
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]
    write_atomically(target, iter(("sm\udcfcall\r\n", "and ", "", "ä\n")))
    assert target.read_bytes() == b"sm\\udcfcall\r\nand \xc3\xa4\n"
    texts = {letter * 300_000 for letter in "ab"}
    write_atomically(target, "a" * 300_000)
    stop = threading.Event()

    def write() -> None:
        for _ in range(30):
            for text in texts:
                write_atomically(target, text)
        stop.set()

    thread = threading.Thread(target=write)
    thread.start()
    while not stop.is_set():
        assert target.read_text() in texts
    thread.join()
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "out.json"
    write_atomically(target, "old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(target, "new")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_modes_links_and_specials(tmp_path: Path) -> None:
    target, link = tmp_path / "real.txt", tmp_path / "link.txt"
    target.write_text("x")
    target.chmod(0o640)
    link.symlink_to(target)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o640
    mask = os.umask(0o022)
    try:
        write_atomically(tmp_path / "fresh", "x")
    finally:
        os.umask(mask)
    assert (tmp_path / "fresh").stat().st_mode & 0o777 == 0o644
    write_atomically("/dev/null", "x")
    with pytest.raises(IsADirectoryError):
        write_atomically(tmp_path, "x")
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "no" / "such", "x")


def test_streams_of_any_encoding() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write_to_stream(stream, "─ ok\n")
    assert raw.getvalue() == b"\\u2500 ok\n"
