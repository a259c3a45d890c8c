"""What determines a compiled program besides its Stan code: the CmdStan folder, the compiler, the flags."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

COMPILERS = ("g++", "clang++", "c++")
_FLAGS = ("CPPFLAGS", "CXX", "CXXFLAGS", "LDFLAGS", "LDLIBS", "O")
_FLAG_PREFIX = "STAN"
_CXX_LINE = re.compile(r"^\s*(?:override\s+)?CXX\s*[:?]?=\s*(.+?)\s*$", re.MULTILINE)
_LIBRARY = Path("lib") / "libtbb.so.2"


def description(cmdstan: Path) -> tuple[str, ...]:
    """Return what, with a program's code, decides how its executable comes out; equal means interchangeable.

    That is: the makefile, ``make/local`` and stanc of the folder, the variables of the environment that make
    reads, and the compiler's own version. The folder's path counts only if the executable needs it later.
    """
    home = "" if portable_library(cmdstan) else str(cmdstan)
    parts = tuple(_checksum(cmdstan / part) for part in ("makefile", "make/local", "bin/stanc"))
    return (home, *parts, *environment_flags(), _version(compiler(cmdstan)), platform.machine())


def portable_library(cmdstan: Path) -> Path | None:
    """Return the library that executables take from beside themselves; None where they keep the folder's path."""
    path = cmdstan / _LIBRARY
    return path if path.is_file() else None


def environment_flags() -> tuple[str, ...]:
    """Return the settings of the environment that reach the compiler through make."""
    names = sorted(name for name in os.environ if name in _FLAGS or name.startswith(_FLAG_PREFIX))
    return tuple(f"{name}={os.environ[name]}" for name in names if os.environ[name])


def compiler(cmdstan: Path) -> str:
    """Return the C++ compiler that make will call: that of make/local, of the environment, or the usual one."""
    local = cmdstan / "make" / "local"
    lines = _CXX_LINE.findall(local.read_text()) if local.is_file() else []
    usual = next((name for name in COMPILERS if shutil.which(name)), COMPILERS[0])
    return str(lines[-1] if lines else os.environ.get("CXX") or usual)


def _version(command: str) -> str:
    """Return a compiler's name and what it says of its version; "ccache g++" asks g++."""
    path = next(filter(None, map(shutil.which, reversed(command.split()))), None)
    if path is None:
        return command
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return f"{command}: {done.stdout.split(chr(10), 1)[0]}"


def _checksum(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
