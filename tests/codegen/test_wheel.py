"""The built wheel carries the templates and the data, and works where there is no checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SCRIPT = """
import sys; sys.path.insert(0, sys.argv[1])
import smoothstan as ss
assert ss.__file__.startswith(sys.argv[1]), ss.__file__
print(ss.stancode("accel ~ s(times, bs='cr', k=20)", ss.load_dataset("mcycle")))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


def test_templates_and_data_are_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    templates = {path.relative_to(ROOT).as_posix() for path in (ROOT / "stan_templates").rglob("*.stan*")}
    assert {f"smoothstan/{template}" for template in templates} <= names
    assert {"smoothstan/datasets/data/mcycle.csv", "smoothstan/datasets/data/radon.csv", "smoothstan/py.typed"} <= names
    assert not any(name.startswith(("tests", "benchmarks", "stan_templates")) for name in names)


def test_the_wheel_works_alone(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "site")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert "Zs_1_1" in done.stdout
