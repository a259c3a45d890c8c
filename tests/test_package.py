"""The package as a whole: its public names, what importing it costs, its data sets."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import smoothstan as ss
from smoothstan.errors import DataError

PUBLIC = {
    "GamComparison", "GamFit", "Posterior", "SmoothCon", "avg_comparisons", "avg_predictions", "avg_slopes", "bf",
    "brm", "brm_multiple", "combine_models", "compare_gam", "comparisons", "datagrid", "default_prior", "family",
    "install_cmdstan", "lf", "load_dataset", "load_fit", "loo_compare", "loo_model_weights", "make_conditions",
    "model_matrix", "model_weights", "posterior_average", "pp_average", "predictions", "prior", "slopes",
    "smooth2random", "smooth_con", "stancode", "standata",
}  # fmt: skip
HEAVY = (
    "pandas",
    "xarray",
    "scipy",
    "formulaic",
    "arviz_stats",
    "arviz_base",
    "cmdstanpy",
    "stanli",
    "matplotlib",
    "jinja2",
)


def test_public_names() -> None:
    modules = {path.stem for path in Path(ss.__file__).parent.iterdir()}
    assert {name for name in vars(ss) if not name.startswith("_")} - modules == PUBLIC


@pytest.mark.parametrize("path", sorted(Path(ss.__file__).parent.rglob("__init__.py")), ids=lambda p: p.parent.name)
def test_no_name_is_exported_twice(path: Path) -> None:
    """Of two, the second would hide the first."""
    names = re.findall(r"^from .* import .* as (\w+)$", path.read_text(), flags=re.MULTILINE)
    assert sorted(set(names)) == sorted(names)


def test_importing_is_light() -> None:
    """What is slow to import is imported where it is first needed."""
    code = f"import sys, smoothstan; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_datasets() -> None:
    mcycle, radon = ss.load_dataset("mcycle"), ss.load_dataset("radon")
    assert mcycle.shape == (133, 2)
    assert radon.shape == (919, 4)
    assert len(radon["county"].cat.categories) == 85
    with pytest.raises(DataError, match="did you mean 'mcycle'"):
        ss.load_dataset("mcycles")


def test_command_line_demo_runs(tmp_path) -> None:
    command = [sys.executable, "-m", "smoothstan", "demo", "--output", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert "engine: " in done.stdout
    assert done.stdout.count("Computed from 4000 by") == 2
    picture = next(tmp_path.glob("*.png")).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000
