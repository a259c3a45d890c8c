"""The cache of compiled programs; the compiler is a stand-in that counts its calls."""

from __future__ import annotations

import errno
import multiprocessing
import os
import time
from pathlib import Path

import pytest

from smoothstan.engines import cache
from smoothstan.errors import CompilationError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(cache.CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def build(source: Path) -> Path:
    """Write an "executable" and leave a mark beside the cache for every call."""
    log = Path(os.environ[cache.CACHE_VARIABLE]).parent / "calls"
    with log.open("a") as stream:
        stream.write("built\n")
    time.sleep(0.2)
    exe = source.with_suffix("")
    exe.write_text(f"compiled {source.read_text()}")
    return exe


def calls(folder: Path) -> int:
    log = folder.parent / "calls"
    return len(log.read_text().splitlines()) if log.exists() else 0


def test_a_program_is_compiled_once(folder: Path) -> None:
    first = cache.executable("model {}", ("2.39",), build)
    second = cache.executable("// another comment\nmodel  {}\n", ("2.39",), build)
    assert first == second
    assert first.read_text() == "compiled model {}"
    assert calls(folder) == 1


def test_versions_and_flags_have_entries_of_their_own(folder: Path) -> None:
    paths = {cache.executable("model {}", compiler, build) for compiler in (("2.35",), ("2.39",), ("2.39", "-O1"))}
    assert len(paths) == 3


@pytest.mark.parametrize("damage", [lambda p: p.write_text("junk"), lambda p: p.unlink(), lambda p: p.write_bytes(b"")])
def test_a_damaged_entry_is_built_again(folder: Path, damage) -> None:
    exe = cache.executable("model {}", (), build)
    damage(exe)
    assert cache.executable("model {}", (), build).read_text() == "compiled model {}"
    assert calls(folder) == 2


def test_a_damaged_record_is_built_again(folder: Path) -> None:
    exe = cache.executable("model {}", (), build)
    (exe.parent / "entry.json").write_text("{")
    assert cache.executable("model {}", (), build).exists()
    assert calls(folder) == 2


def _compile(queue) -> None:
    queue.put(str(cache.executable("model { /* shared */ }", (), build)))


def test_two_processes_build_once(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    processes = [context.Process(target=_compile, args=(queue,)) for _ in range(2)]
    for process in processes:
        process.start()
    found = {queue.get(timeout=60) for _ in processes}
    for process in processes:
        process.join(timeout=60)
    assert len(found) == 1
    assert calls(folder) == 1


def test_a_failed_build_leaves_nothing(folder: Path) -> None:
    def fail(source: Path) -> Path:
        raise CompilationError("no")

    with pytest.raises(CompilationError, match="no"):
        cache.executable("model {}", (), fail)
    assert [path for path in folder.iterdir() if path.suffix != ".lock"] == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv(cache.CACHE_VARIABLE, str(blocked / "cache"))
    with pytest.raises(CompilationError, match=f"{cache.CACHE_VARIABLE} to a folder"):
        cache.executable("model {}", (), build)


def test_a_disk_that_fills_up_is_named(folder: Path) -> None:
    def fill(source: Path) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(CompilationError, match=f"cannot be kept in {folder}: No space left"):
        cache.executable("model {}", (), fill)


def test_the_default_folder_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(cache.CACHE_VARIABLE)
    assert cache.cache_folder().name == "smoothstan"
