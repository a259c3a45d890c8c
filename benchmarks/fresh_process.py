"""Fresh Python processes, started where ``smoothstan`` and ``benchmarks`` can be imported."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_ROOT = Path(__file__).parents[1]


def run_python(*arguments: str, variables: Mapping[str, str] | None = None) -> str:
    """Run Python with arguments and return what it prints.

    Args:
        arguments: what follows ``python`` on the command line.
        variables: environment variables to set besides the inherited ones.

    Raises:
        RuntimeError: with the process's error messages, if it fails.
    """
    environment = {**os.environ, **(variables or {})}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"python {' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout
