"""A chain that crashes: its process dies of a signal."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from smoothstan.codegen import StanProgram
from smoothstan.engines import CmdStanEngine, SamplingOptions
from smoothstan.engines.cmdstan import compile_program
from smoothstan.errors import SamplingError

pytestmark = pytest.mark.cmdstan
# Calls itself until the stack is full.
ENDLESS = """
functions {
  real deeper(real x, vector v);
  real deeper(real x, vector v) { return deeper(x + 1, v + x) * deeper(x - 1, v * x) + sum(v); }
}
parameters { real x; }
model { target += deeper(x, rep_vector(x, 10)); }
"""


def test_the_process_dies(tmp_path: Path) -> None:
    command = [str(compile_program(ENDLESS)), "sample", "output", "file=draws.csv"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode < 0


def test_a_crash_is_an_error_of_ours() -> None:
    options = SamplingOptions(chains=2, iter_warmup=10, iter_sampling=10, show_progress=False)
    with pytest.raises(SamplingError, match="crashed: chain 1 by SIGSEGV"):
        CmdStanEngine().sample(StanProgram(ENDLESS, {}, ()), options)
