"""Compiled Stan programs, kept in the user's cache folder.

An entry is a folder named by the hash of what determines the executable: the program without its
comments, CmdStan, the compiler and its flags.  It is built in a temporary folder, moved into place in
one step, and carries the checksum of its executable; a lock keeps two processes from building it twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from smoothstan.errors import CompilationError

CACHE_VARIABLE = "SMOOTHSTAN_CACHE_DIR"
_COMMENT = re.compile(r"//[^\n]*")
_SPACE = re.compile(r"\s+")
_RECORD = "entry.json"
_SUFFIX = ".exe" if sys.platform == "win32" else ""


def cache_folder() -> Path:
    """Return the folder of compiled programs: ``$SMOOTHSTAN_CACHE_DIR`` or the user's cache folder."""
    given = os.environ.get(CACHE_VARIABLE)
    if given:
        return Path(given).expanduser()
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("smoothstan", appauthor=False))


def canonical(code: str) -> str:
    """Return a program without comments and with single spaces, so that labels do not matter."""
    return _SPACE.sub(" ", _COMMENT.sub("", code)).strip()


def entry_name(code: str, compiler: Sequence[str]) -> str:
    """Return the name of the entry of a program compiled in the way that ``compiler`` describes."""
    text = "\n".join([canonical(code), *compiler])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def executable(code: str, compiler: Sequence[str], build: Callable[[Path], Path]) -> Path:
    """Return the executable of a program, building it if it is not there or damaged.

    Args:
        code: the Stan program.
        compiler: what else determines the executable: CmdStan, the compiler's version, flags.
        build: compiles the Stan file at the given path and returns the executable beside it.

    Raises:
        CompilationError: if the folder cannot be written or the program does not compile.
    """
    from filelock import FileLock

    folder = writable(cache_folder())
    entry = folder / entry_name(code, compiler)
    found = _intact(entry)
    if found is not None:
        return found
    try:
        with FileLock(folder / f"{entry.name}.lock"):
            return _intact(entry) or _build(entry, code, build)
    except OSError as fault:
        raise _unusable(folder, fault) from None


def writable(folder: Path) -> Path:
    """Return the folder, made if need be.

    Raises:
        CompilationError: if nothing can be written in it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as fault:
        raise _unusable(folder, fault) from None
    return folder


def _unusable(folder: Path, fault: OSError) -> CompilationError:
    return CompilationError(
        f"compiled programs cannot be kept in {folder}: {fault.strerror or fault}; "
        f"set the environment variable {CACHE_VARIABLE} to a folder that can be written"
    )


def _intact(entry: Path) -> Path | None:
    """Return the executable of an entry if its checksum is the recorded one."""
    path = entry / f"model{_SUFFIX}"
    try:
        record = json.loads((entry / _RECORD).read_text())
        if record["sha256"] == _checksum(path):
            return path
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _build(entry: Path, code: str, build: Callable[[Path], Path]) -> Path:
    with tempfile.TemporaryDirectory(dir=entry.parent, prefix="building-") as name:
        finished = Path(name) / entry.name
        finished.mkdir()
        source = finished / "model.stan"
        source.write_text(code)
        built = build(source)
        (finished / _RECORD).write_text(json.dumps({"sha256": _checksum(built)}))
        if entry.exists():
            shutil.rmtree(entry)
        os.replace(finished, entry)
    return entry / f"model{_SUFFIX}"


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
