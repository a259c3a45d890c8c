"""How long it takes to make a smooth: ours up to the arrays for Stan, beside mgcv's where R is there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

import smoothstan as ss
from benchmarks.answering_process import AnsweringProcess, r_version
from benchmarks.markdown import markdown_table
from benchmarks.timing import elapsed

SMOOTHS = ("s(x)", "s(x, bs='cr', k=20)", "s(x, z)", "t2(x, z)", "te(x, z)", "s(x, g, bs='fs')")
_SIZES = (1_000, 10_000, 100_000, 1_000_000)
_SEED = 20240301
_LEVELS = 20
_LIMIT = 60.0
_MOST_REPEATS = 25
_ENOUGH_SECONDS = 5.0
_SCRIPT = "smooth_construction.R"
_LARGEST_DENSE = 100_000
_HEADER = ("smooth", "rows", "smoothstan", "mgcv", "mgcv / smoothstan")
_TEXT = (
    f"Processor seconds, best of up to {_MOST_REPEATS}, in turn; `g` has {_LEVELS} levels. Ours: `standata` of a "
    "model with an intercept and the smooth. mgcv: `smoothCon(absorb.cons=TRUE, diagonal.penalty=TRUE)` and "
    f"`smooth2random`, from which brms makes the same arrays (te: `smoothCon` alone); stopped after "
    f"{_LIMIT:.0f} s, and `fs` not run beyond {_LARGEST_DENSE:,} rows, where its dense matrices fill the memory. "
)


class Best(NamedTuple):
    """The shortest of several times: ours and R's; None where R was not run or stopped."""

    ours: float
    theirs: float | None


def run() -> str:
    """Measure all smooths at all sizes."""
    found = r_version("mgcv")
    note = f"{found}." if found else "The column of mgcv is empty: Rscript with mgcv was not found."
    rows = []
    with AnsweringProcess(("Rscript", "--vanilla"), _SCRIPT) as r, tempfile.TemporaryDirectory() as folder:
        for n in _SIZES:
            data = _simulated(n, Path(folder))
            rows += [_row(smooth, n, data, folder, r if found else None) for smooth in SMOOTHS]
    rows.sort(key=lambda row: SMOOTHS.index(row[0].strip("`")))
    return f"{_TEXT}{note}\n\n{markdown_table(_HEADER, rows)}"


def _simulated(n: int, folder: Path) -> pd.DataFrame:
    """Return uniform covariates and a factor, and leave them in the folder for R."""
    rng = np.random.default_rng(_SEED)
    x, z, g = rng.uniform(size=n), rng.uniform(size=n), rng.integers(_LEVELS, size=n)
    for name, column in (("x", x), ("z", z), ("g", g.astype(np.int32))):
        column.tofile(folder / name)
    levels = pd.Categorical.from_codes(g, categories=[f"g{i:02d}" for i in range(_LEVELS)])
    return pd.DataFrame({"y": rng.normal(size=n), "x": x, "z": z, "g": levels})


def _row(smooth: str, n: int, data: pd.DataFrame, folder: str, r: AnsweringProcess | None) -> tuple[str, ...]:
    skipped = smooth.endswith("'fs')") and n > _LARGEST_DENSE
    best = _best(smooth, n, data, folder, None if skipped else r)
    ours = f"{best.ours:.2g}" if best.ours < 1 else f"{best.ours:.1f}"
    if r is None or skipped:
        return (f"`{smooth}`", f"{n:,}", ours, "not run" if skipped else "", "")
    if best.theirs is None:
        return (f"`{smooth}`", f"{n:,}", ours, f"> {_LIMIT:.0f}", f"> {_LIMIT / best.ours:.0f}")
    theirs = f"{best.theirs:.2g}" if best.theirs < 1 else f"{best.theirs:.1f}"
    return (f"`{smooth}`", f"{n:,}", ours, theirs, f"**{best.theirs / best.ours:.2g}**")


def _best(smooth: str, n: int, data: pd.DataFrame, folder: str, r: AnsweringProcess | None) -> Best:
    """Time both in turn until there are enough repeats or enough seconds have passed."""
    formula = f"y ~ {smooth}"
    ss.standata(formula, data[:200])
    ours: list[float] = []
    theirs: list[float] = []
    while len(ours) < _MOST_REPEATS and sum(ours) + sum(theirs) < _ENOUGH_SECONDS:
        ours.append(elapsed(lambda: ss.standata(formula, data)).processor)
        if r is None:
            continue
        seconds = r.seconds(folder, str(n), smooth, limit=_LIMIT)
        if seconds is None:
            return Best(min(ours), None)
        theirs.append(seconds)
    return Best(min(ours), min(theirs) if theirs else None)
