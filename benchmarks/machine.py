"""What the numbers were measured on: processor, Python, versions; nothing that identifies the machine."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import smoothstan
from smoothstan.engines import ENGINES

_PROCESSORS = Path("/proc/cpuinfo")


def machine_line() -> str:
    """Return one line: cores, processor, system, Python, smoothstan, NumPy, engines, load."""
    software = [
        f"Python {platform.python_version()}",
        f"smoothstan {smoothstan.__version__}",
        f"NumPy {version('numpy')}",
        *(engine_version(name) for name in runnable_engines()),
    ]
    cores = os.cpu_count() or 1
    hardware = f"{cores} cores, {_processor()}, {platform.system()}"
    return f"Machine: {hardware}; {', '.join(software)}; {_load()}."


def _load() -> str:
    """Say how many processes wanted a core during the last minute, where the system tells."""
    return f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"


def runnable_engines() -> tuple[str, ...]:
    """Return the names of the engines that lack nothing."""
    return tuple(name for name, engine in ENGINES.items() if not engine.missing())


def engine_version(name: str) -> str:
    """Return an engine's name with its version."""
    if name == "cmdstan":
        import cmdstanpy

        found = cmdstanpy.cmdstan_version()
        return f"CmdStan {'.'.join(map(str, found))}" if found else "CmdStan"
    return f"{name} {version(name)}"


def _processor() -> str:
    if _PROCESSORS.is_file():
        for line in _PROCESSORS.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
