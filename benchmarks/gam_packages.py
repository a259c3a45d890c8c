"""Time the fits of other packages; a line is the package, the model, the folder of its columns, and the rows.

Run by ``gam_time`` with a Python that has the packages, which need not have smoothstan.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
import warnings
from collections.abc import Callable
from functools import reduce
from importlib.metadata import version
from operator import add
from pathlib import Path
from typing import Any

import numpy as np

RESPONSES = {"mcycle": "accel", "radon": "log_radon", "cubic": "y"}
COVARIATES = {"mcycle": ("times",), "radon": ("county",), "cubic": ("x0", "x1", "x2", "x3")}
SIZES = {"mcycle": 20, "radon": 85, "cubic": 10}


def fit_pygam(model: str, x: Any, y: Any) -> None:
    """Choose one smoothing parameter for all terms from pygam's default grid of 11."""
    from pygam import LinearGAM, f, s

    terms = [f(i) if model == "radon" else s(i, n_splines=SIZES[model]) for i in range(x.shape[1])]
    LinearGAM(reduce(add, terms)).gridsearch(x, y, progress=False)


def fit_statsmodels(model: str, x: Any, y: Any) -> None:
    """Fit with given smoothing parameters; choosing them takes minutes at any size."""
    from statsmodels.gam.api import BSplines, GLMGam

    if model == "radon":
        raise ValueError("no random effects")
    count = x.shape[1]
    splines = BSplines(x, df=[SIZES[model]] * count, degree=[3] * count)
    GLMGam(y, exog=np.ones((len(y), 1)), smoother=splines, alpha=[1.0] * count).fit()


def fit_mssm(model: str, x: Any, y: Any) -> None:
    """Fit by REML."""
    import pandas as pd
    from mssm.models import GAMM, Formula, Gaussian, f, i, lhs, ri

    names = COVARIATES[model]
    columns = {name: x[:, j].astype(int).astype(str) if model == "radon" else x[:, j] for j, name in enumerate(names)}
    data = pd.DataFrame({"y": y, **columns})
    terms = [ri(name) if model == "radon" else f([name], nk=SIZES[model] - 1) for name in names]
    GAMM(Formula(lhs("y"), [i(), *terms], data=data), Gaussian()).fit(progress_bar=False)


PACKAGES: dict[str, Callable[[str, Any, Any], None]] = {
    "pygam": fit_pygam,
    "statsmodels": fit_statsmodels,
    "mssm": fit_mssm,
}


def seconds(package: str, model: str, folder: str, n: str) -> float:
    """Return how long a fit takes."""
    x = np.column_stack([np.fromfile(Path(folder) / name, count=int(n)) for name in COVARIATES[model]])
    y = np.fromfile(Path(folder) / RESPONSES[model], count=int(n))
    PACKAGES[package](model, x[:200], y[:200]) if model != "radon" else None
    started = time.process_time()
    PACKAGES[package](model, x, y)
    return time.process_time() - started


def main() -> None:
    """Answer lines with seconds; with the argument ``versions``, print those of the packages that are there."""
    if sys.argv[1:] == ["versions"]:
        for name in PACKAGES:
            with contextlib.suppress(ModuleNotFoundError):
                print(name, version(name))
        return
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    warnings.simplefilter("ignore")
    print("ready", file=answers)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        for line in sys.stdin:
            try:
                answer = f"{seconds(*line.rstrip(chr(10)).split(chr(9))):.6g}"
            except Exception as fault:  # whatever a package raises is the answer
                answer = f"{type(fault).__name__}: {fault}".replace("\n", " ")
            print(answer, file=answers)


if __name__ == "__main__":
    main()
