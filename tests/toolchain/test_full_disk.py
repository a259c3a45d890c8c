"""A disk that fills up while draws are written: a small file system in memory, mounted for one process."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from chain_files import run

pytestmark = pytest.mark.cmdstan
_MOUNT = 'mount -t tmpfs -o size={size} tmpfs {folder} && exec "$@"'


def on_small_disk(folder: Path, size: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command for which ``folder`` is a file system of the given size; nothing is left to unmount."""
    if shutil.which("unshare") is None:
        pytest.skip("left out: unshare, to mount a small file system with, is not installed")
    script = _MOUNT.format(size=size, folder=folder)
    for namespace in ("-m", "-rm"):
        unshare = ["unshare", namespace, "sh", "-c"]
        if subprocess.run([*unshare, script, "sh", "true"], capture_output=True, check=False).returncode == 0:
            return subprocess.run([*unshare, script, "sh", *command], capture_output=True, text=True, check=False)
    pytest.skip("left out: a small file system may not be mounted here")


def test_the_program_says_so_and_fails(bernoulli: Path, data: tuple[str, str], tmp_path: Path) -> None:
    command = [str(bernoulli), "sample", *data, "output", f"file={tmp_path / 'draws.csv'}"]
    done = on_small_disk(tmp_path, "16k", *command)
    assert done.returncode == 1
    assert "disk full" in done.stdout + done.stderr


def test_a_device_that_is_always_full(bernoulli: Path, data: tuple[str, str], tmp_path: Path) -> None:
    said = run(bernoulli, "sample", *data, "output", "file=/dev/full", folder=tmp_path, fails=True)
    assert "disk full" in said


FIT = """
    import tempfile
    import smoothstan as ss
    from smoothstan.errors import SmoothstanError
    tempfile.tempdir = {folder!r}
    data = ss.load_dataset("mcycle")
    try:
        ss.brm("accel ~ s(times, bs='cr', k=20)", data, seed=1, backend="cmdstan", show_progress=False)
    except SmoothstanError as fault:
        print(type(fault).__name__, fault)
    except Exception as other:
        print("not ours:", repr(other))
"""


def test_a_fit_ends_in_an_error_of_ours(tmp_path: Path) -> None:
    code = textwrap.dedent(FIT.format(folder=str(tmp_path)))
    subprocess.run([sys.executable, "-c", code.split("try:")[0]], check=True)
    done = on_small_disk(tmp_path, "200k", sys.executable, "-c", code)
    assert done.stdout.startswith("SamplingError"), done
    assert f"the disk of {tmp_path} is full" in done.stdout


COMPILE = """
    from smoothstan.engines.cmdstan import compile_program
    from smoothstan.errors import CompilationError
    try:
        compile_program("parameters { real x; } model { x ~ std_normal(); }")
    except CompilationError as fault:
        print(fault)
"""


def test_a_full_cache_ends_in_an_error_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMOOTHSTAN_CACHE_DIR", str(tmp_path))
    done = on_small_disk(tmp_path, "200k", sys.executable, "-c", textwrap.dedent(COMPILE))
    assert "No space left on device" in done.stdout, done
