"""Record what the Python package marginaleffects answers about models that statsmodels fitted.

Run in an environment with marginaleffects 0.6.0, statsmodels 0.15.0 and polars 1.44: ``python record.py``.  A posterior
with one draw at these coefficients must give the same estimates.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import statsmodels.api as sm
import statsmodels.formula.api as smf
from marginaleffects.comparisons import avg_comparisons, comparisons
from marginaleffects.datagrid import datagrid
from marginaleffects.predictions import avg_predictions, predictions
from marginaleffects.slopes import avg_slopes, slopes

FUNCTIONS = {f.__name__: f for f in (avg_comparisons, avg_predictions, avg_slopes, comparisons, predictions, slopes)}

MODELS = {
    "gaussian": ("y ~ x * f + z + I(z**2) + b + lg", "y ~ x * f + z + I(z^2) + b + lg", None, "y"),
    "bernoulli": ("p ~ x * f + z * b + lg", "p ~ x * f + z * b + lg", sm.families.Binomial(), "p"),
    "poisson": ("c ~ x + f * b + lg + z", "c ~ x + f * b + lg + z", sm.families.Poisson(), "c"),
}

QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("predictions", {}),
    ("predictions", {"by": "f"}),
    ("predictions", {"by": ["f", "lg"]}),
    ("predictions", {"by": "f", "wts": "w"}),
    ("predictions", {"newdata": "mean"}),
    ("predictions", {"newdata": "median"}),
    ("predictions", {"grid": {"x": [-1.0, 0.5], "f": ["c", "a"]}}),
    ("avg_predictions", {}),
    ("avg_predictions", {"grid": {"x": [-1.0, 0.5], "grid_type": "counterfactual"}, "by": ["x"]}),
    ("avg_predictions", {"by": "f", "hypothesis": "~pairwise"}),
    ("avg_predictions", {"by": "f", "hypothesis": "ratio~sequential"}),
    ("avg_predictions", {"by": ["f", "lg"], "hypothesis": "~revreference"}),
    ("avg_predictions", {"by": "f", "hypothesis": "b1 * 2 = b0 + b2"}),
    ("comparisons", {"variables": "x"}),
    ("comparisons", {"variables": {"x": 2.5}}),
    ("comparisons", {"variables": {"x": [-1, 1.5]}}),
    ("comparisons", {"variables": {"x": "iqr"}}),
    ("comparisons", {"variables": {"z": "minmax"}}),
    ("comparisons", {"variables": "f"}),
    ("comparisons", {"variables": {"f": "pairwise"}, "newdata": "mean"}),
    ("comparisons", {"variables": {"f": "revpairwise"}, "newdata": "mean"}),
    ("comparisons", {"variables": {"f": "sequential"}, "newdata": "mean"}),
    ("comparisons", {"variables": {"f": "revsequential"}, "newdata": "mean"}),
    ("comparisons", {"variables": {"f": "revreference"}, "newdata": "mean"}),
    ("comparisons", {"variables": {"f": "all"}, "newdata": "mean"}),
    ("comparisons", {"variables": {"f": ["b", "c"]}, "newdata": "mean"}),
    ("comparisons", {"grid": {"x": [-1.0, 0.5], "b": [0, 1]}, "variables": ["lg", "b", "x"]}),
    ("comparisons", {"variables": ["x", "lg"], "cross": True}),
    *(
        ("comparisons", {"variables": ["b", "x", "f"], "comparison": name, "grid": {"x": [-1.0, 0.5, 2.0]}})
        for name in ("ratio", "lnratio", "lift", "dydx", "eyex", "eydx", "dyex")
    ),
    ("avg_comparisons", {}),
    ("avg_comparisons", {"wts": "w"}),
    ("avg_comparisons", {"by": "f"}),
    ("avg_comparisons", {"by": ["lg", "f"], "variables": "x", "wts": "w"}),
    ("avg_comparisons", {"variables": ["x", "f"], "comparison": "ratio"}),
    ("avg_comparisons", {"variables": ["x", "f"], "comparison": "lnratioavg", "by": "lg"}),
    ("avg_comparisons", {"variables": {"x": 1, "f": ["a", "b"]}, "comparison": "lift"}),
    ("avg_comparisons", {"variables": {"f": "pairwise"}, "hypothesis": "~sequential"}),
    ("comparisons", {"variables": "x", "comparison": "differenceavg"}),
    ("slopes", {}),
    ("slopes", {"variables": ["x", "z"], "grid": {"x": [-1.0, 0.5], "f": ["a", "b", "c"]}}),
    ("avg_slopes", {}),
    ("avg_slopes", {"variables": "x", "by": "f"}),
    *(("avg_slopes", {"variables": ["x", "z"], "slope": name}) for name in ("eyex", "eydx", "dyex")),
    ("avg_slopes", {"variables": ["x", "z"], "slope": "eyex", "by": "f", "wts": "w"}),
    ("avg_slopes", {"variables": "x", "by": "f", "hypothesis": "~pairwise"}),
]

PROBABILITIES = [
    ("comparisons", {"variables": ["b", "x", "f"], "comparison": "lnor", "grid": {"x": [-1.0, 0.5, 2.0]}}),
    ("avg_comparisons", {"variables": ["x", "f"], "comparison": "lnor"}),
    ("avg_comparisons", {"variables": "f", "comparison": "lnoravg", "by": "lg", "wts": "w"}),
]

KEPT = ("term", "contrast", "contrast_x", "contrast_lg", "estimate")


def make_data(n: int = 60) -> pl.DataFrame:
    rng = np.random.default_rng(20)
    x, z = rng.normal(size=n).round(3), rng.uniform(1, 4, size=n).round(3)
    f, b = rng.choice(["a", "b", "c"], size=n, p=[0.5, 0.3, 0.2]), rng.integers(0, 2, size=n)
    lg, w = rng.random(n) < 0.4, rng.uniform(0.2, 2, size=n).round(2)
    eta = 0.4 * x + 0.3 * (f == "b") - 0.5 * (f == "c") + 0.3 * b - 0.2 * lg + 0.1 * z
    y = (12 + 2 * eta + 0.5 * x * (f == "b") + rng.normal(size=n)).round(3)
    p = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(int)
    c = rng.poisson(np.exp(0.5 + eta))
    columns = {"x": x, "z": z, "f": f, "b": b, "lg": lg, "w": w, "y": y, "p": p, "c": c}
    return pl.DataFrame(columns).with_columns(pl.col("f").cast(pl.Enum(["a", "b", "c"])))


def ask(model: Any, data: pl.DataFrame, function: str, arguments: Mapping[str, Any]) -> dict[str, list[Any]]:
    given = dict(arguments)
    if "grid" in given:
        given["newdata"] = datagrid(model=model, **given.pop("grid"))
    if function.endswith("slopes") or given.get("comparison") in ("dydx", "eyex", "eydx", "dyex"):
        # Rounding errs by 1e-16 / eps, the quotient by the third derivative times eps^2 / 24.
        given["eps"] = 1e-4
    if "newdata" not in given and given.get("wts"):
        given["newdata"] = data
    table = FUNCTIONS[function](model, vcov=False, **given).data
    by = [arguments["by"]] if isinstance(arguments.get("by"), str) else list(arguments.get("by", []))
    kept = [name for name in (*by, *KEPT) if name in table.columns]
    return {name: table[name].to_list() for name in kept}


def main() -> None:
    data = make_data()
    cases = {}
    for name, (theirs, ours, family, _) in MODELS.items():
        model = smf.ols(theirs, data).fit() if family is None else smf.glm(theirs, data, family=family).fit()
        questions = [*QUESTIONS, *(PROBABILITIES if name == "bernoulli" else [])]
        answers = [{"function": f, "arguments": a, "columns": ask(model, data, f, a)} for f, a in questions]
        names = model.model.exog_names
        cases[name] = {
            "formula": ours,
            "coefficients": dict(zip(names, np.asarray(model.params).tolist(), strict=True)),
            "sigma": float(np.sqrt(model.scale)),
            "answers": answers,
        }
    columns = {name: data[name].to_list() for name in data.columns}
    text = json.dumps({"package": f"marginaleffects {version('marginaleffects')}", "data": columns, "cases": cases})
    Path(__file__).with_name("answers.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
