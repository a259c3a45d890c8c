"""The programs bin/stansummary and bin/diagnose, over ArviZ, as cmdstanpy calls them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray

if TYPE_CHECKING:
    import pandas as pd

_EBFMI_LIMIT = 0.3
_RHAT_LIMIT = 1.01


def read_chains(paths: Sequence[str]) -> tuple[list[str], FloatArray]:
    """Read CmdStan's CSV files: column names and (chains, draws, columns)."""
    names: list[str] = []
    chains = []
    for path in paths:
        lines = [line for line in Path(path).read_text().splitlines() if line and not line.startswith("#")]
        names = lines[0].split(",")
        chains.append(np.asarray([line.split(",") for line in lines[1:]], dtype=float))
    return names, np.stack(chains)


def stansummary(arguments: list[str]) -> int:
    """Write a table of means, quantiles, effective sample sizes and R-hat as CSV."""
    parser = argparse.ArgumentParser(prog="stansummary")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--percentiles", "-p", default="5,50,95")
    parser.add_argument("--sig_figs", "-s", type=int, default=6)
    parser.add_argument("--csv_filename", "-c")
    chosen = parser.parse_args(arguments)
    percentiles = [float(text) for text in chosen.percentiles.replace(" ", "").split(",") if text]
    names, values = read_chains(chosen.files)
    table = _table(names, values, percentiles)
    text = table.to_csv(float_format=f"%.{chosen.sig_figs}g", index_label="name")
    if chosen.csv_filename:
        Path(chosen.csv_filename).write_text(text)
    else:
        print(table.to_string(float_format=f"%.{chosen.sig_figs}g"))
    return 0


def _table(names: list[str], values: FloatArray, percentiles: list[float]) -> pd.DataFrame:
    import pandas as pd
    from arviz_stats.base import array_stats

    stacked = np.moveaxis(values, 2, 0)
    flat = stacked.reshape(len(names), -1)
    axes = {"chain_axis": 1, "draw_axis": 2}
    with np.errstate(all="ignore"):
        columns = {
            "Mean": flat.mean(axis=1),
            "MCSE": array_stats.mcse(stacked, method="mean", **axes),
            "StdDev": flat.std(axis=1, ddof=1),
            "MAD": 1.4826 * np.median(np.abs(flat - np.median(flat, axis=1, keepdims=True)), axis=1),
            **{f"{p:g}%": np.percentile(flat, p, axis=1) for p in percentiles},
            "ESS_bulk": array_stats.ess(stacked, method="bulk", **axes),
            "ESS_tail": array_stats.ess(stacked, method="tail", prob=(0.05, 0.95), **axes),
            "R_hat": array_stats.rhat(stacked, **axes),
        }
    return pd.DataFrame(columns, index=names)


def diagnose(arguments: list[str]) -> int:
    """Print what is wrong with the draws of CmdStan's CSV files, or that nothing is."""
    names, values = read_chains(arguments)
    found = [*_transitions(names, values, _max_depth(arguments[0])), *_energy(names, values), *_mixing(names, values)]
    for line in found:
        print(line)
    if not any(line.startswith("Problem") for line in found):
        print("Processing complete, no problems detected.")
    return 0


def _max_depth(path: str) -> int:
    for line in Path(path).read_text().splitlines():
        if line.startswith("#") and "max_depth =" in line:
            return int(line.split("=")[1].split()[0])
    return 10


def _transitions(names: list[str], values: FloatArray, max_depth: int) -> list[str]:
    divergent = int(values[:, :, names.index("divergent__")].sum()) if "divergent__" in names else 0
    deep = int((values[:, :, names.index("treedepth__")] >= max_depth).sum()) if "treedepth__" in names else 0
    total = values.shape[0] * values.shape[1]
    return [
        f"Problem: {divergent} of {total} transitions diverged; raise adapt_delta." if divergent
        else "No divergent transitions found.",
        f"Problem: {deep} of {total} transitions hit the maximum treedepth of {max_depth}." if deep
        else "Treedepth satisfactory for all transitions.",
    ]  # fmt: skip


def _energy(names: list[str], values: FloatArray) -> list[str]:
    if "energy__" not in names:
        return []
    energy = values[:, :, names.index("energy__")]
    with np.errstate(all="ignore"):
        ratio = np.square(np.diff(energy, axis=1)).mean(axis=1) / energy.var(axis=1)
    low = [str(i + 1) for i in np.flatnonzero(ratio < _EBFMI_LIMIT)]
    if low:
        return [f"Problem: the E-BFMI of chain {', '.join(low)} is below {_EBFMI_LIMIT}; reparametrise the model."]
    return ["E-BFMI satisfactory."]


def _mixing(names: list[str], values: FloatArray) -> list[str]:
    kept = [i for i, name in enumerate(names) if not name.endswith("__")]
    table = _table([names[i] for i in kept], values[:, :, kept], [])
    bad = table.index[table["R_hat"] > _RHAT_LIMIT]
    if len(bad):
        return [f"Problem: R-hat is above {_RHAT_LIMIT} for {', '.join(bad[:10])}."]
    return ["Rank-normalized split R-hat values satisfactory for all parameters."]
