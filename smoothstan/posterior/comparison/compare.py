"""Models side by side, by how well they predict.

Source: Vehtari, Gelman & Gabry (2017), section 5.2; Sivula, Magnusson, Matamoros & Vehtari (2025), Bayesian Analysis,
for when the standard error of a difference can be trusted; the table is that of R's loo_compare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import DataError, DataWarning, OptionError, SamplingWarning, warn
from smoothstan.plots import draw_elpd_differences
from smoothstan.posterior.comparison.criterion import Criterion, standard_error
from smoothstan.posterior.comparison.kfold import KFold
from smoothstan.posterior.loo import Loo

if TYPE_CHECKING:
    import pandas as pd

    from smoothstan.plots.style import Axes

_FEW_ROWS, _SMALL_DIFFERENCE = 100, 4.0


@dataclass(frozen=True, repr=False)
class LooComparison:
    """Models ordered by elpd, the best first.  Made by ``loo_compare()``.

    Args:
        table: one row per model: elpd_diff to the best model, its standard error se_diff, then elpd, p and the
            information criterion with their standard errors.
        notes: sentences on what should not be read into the table.
    """

    table: pd.DataFrame
    notes: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> pd.Series:
        """Return a column of the table."""
        return self.table[name]

    def __str__(self) -> str:
        table = self.table[["elpd_diff", "se_diff"]].to_string(float_format=lambda v: f"{v:.1f}")
        return "\n".join([table, *self.notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        return f"{self.table.to_html(float_format=lambda v: f'{v:.1f}', border=0)}{notes}"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the differences of elpd to the best model, with one and two standard errors.

        Args:
            ax: where to draw; a new figure by default.
        """
        differences, errors = (self.table[column].to_numpy(dtype=float) for column in ("elpd_diff", "se_diff"))
        label = "difference of elpd to the best model (bars: 1 and 2 SE)"
        return draw_elpd_differences([str(name) for name in self.table.index], differences, errors, label=label, ax=ax)


def model_names(models: Sequence[Any], names: Sequence[str] | None) -> tuple[str, ...]:
    """Return the names given, or model1, model2, ...

    Raises:
        OptionError: for another number of names, or one that is given twice.
    """
    if names is None:
        return tuple(f"model{i}" for i in range(1, len(models) + 1))
    if isinstance(names, str) or len(names) != len(models) or not all(isinstance(name, str) for name in names):
        raise OptionError(f"names holds one text for each of the {len(models)} models, got {names!r}")
    if len(set(names)) < len(names):
        raise OptionError(f"names must differ, got {names!r}")
    return tuple(names)


def models_of(models: tuple[Any, ...], names: Sequence[str] | None) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """Return models and their names; one dict of them says both."""
    if len(models) == 1 and isinstance(models[0], Mapping):
        if names is not None:
            raise OptionError("give the names as keys or as names=, not both")
        return tuple(models[0].values()), model_names(tuple(models[0]), tuple(models[0]))
    if len(models) == 1 and isinstance(models[0], (list, tuple)):
        models = tuple(models[0])
    return models, model_names(models, names)


def compare_criteria(criteria: Sequence[Criterion], names: Sequence[str]) -> LooComparison:
    """Order models by elpd.

    Warns:
        DataWarning: if the responses differ, or the criteria are not quite comparable.
        SamplingWarning: if some Pareto k are too high.

    Raises:
        OptionError: for fewer than two models, or criteria that cannot be compared.
        DataError: for different numbers of observations.
    """
    import pandas as pd

    check_comparable(criteria, names)
    order = np.argsort([-criterion.elpd for criterion in criteria], kind="stable")
    best = criteria[order[0]]
    columns = _columns(criteria)
    rows = []
    for i in order:
        difference = criteria[i].elpd_i - best.elpd_i
        error = 0.0 if i == order[0] else standard_error(difference)
        estimates = criteria[i].estimates.to_numpy().ravel()
        rows.append([float(difference.sum()), error, *estimates])
    table = pd.DataFrame(rows, index=[names[i] for i in order], columns=["elpd_diff", "se_diff", *columns])
    return LooComparison(table, _notes(table["elpd_diff"].to_numpy(), best.n))


def check_comparable(criteria: Sequence[Criterion], names: Sequence[str]) -> None:
    """Refuse criteria that cannot be compared, and warn of what makes a comparison doubtful."""
    if len(criteria) < 2:
        raise OptionError("a comparison needs at least two models")
    counts = {name: criterion.n for name, criterion in zip(names, criteria, strict=True)}
    if len(set(counts.values())) > 1:
        listed = ", ".join(f"{name}: {n}" for name, n in counts.items())
        raise DataError(f"the models have different numbers of observations ({listed}); fit them to the same rows")
    if len({criterion.response for criterion in criteria}) > 1:
        warn("the models do not have the same response, row by row: elpd cannot be compared", DataWarning)
    kinds = {criterion.kind for criterion in criteria}
    if len(kinds) > 1:
        if kinds != {"loo", "kfold"}:
            raise OptionError(f"the criteria must be of one kind, got {', '.join(sorted(kinds))}")
        warn("loo and kfold are not quite comparable: use one of them for all models", DataWarning)
    _check_folds([criterion for criterion in criteria if isinstance(criterion, KFold)])
    bad = [
        f"{name}: {len(c.bad)}" for name, c in zip(names, criteria, strict=True) if isinstance(c, Loo) and len(c.bad)
    ]
    if bad:
        warn(
            f"some Pareto k are too high ({', '.join(bad)}), so that the differences may be wrong; see the advice of "
            "loo() of these models",
            SamplingWarning,
        )


def _check_folds(kfolds: Sequence[KFold]) -> None:
    if len({kfold.joint for kfold in kfolds}) > 1:
        raise OptionError("the cross-validations predict different units jointly; use one joint= for all models")
    if len({kfold.count for kfold in kfolds}) > 1:
        warn("the cross-validations have different numbers of folds; use one K for all models", DataWarning)
    elif len({kfold.folds.tobytes() for kfold in kfolds}) > 1:
        warn("the cross-validations have different folds, which adds noise; pass one folds= to all models", DataWarning)


def _columns(criteria: Sequence[Criterion]) -> list[str]:
    kinds = {criterion.kind for criterion in criteria}
    labels = criteria[0].labels if len(kinds) == 1 else ["elpd", "p", "ic"]
    return [name for label in labels for name in (label, f"se_{label}")]


def _notes(differences: FloatArray, n: int) -> tuple[str, ...]:
    notes = []
    if n < _FEW_ROWS:
        notes.append(f"Only {n} observations: se_diff may be too small.")
    if np.any(np.abs(differences[1:]) < _SMALL_DIFFERENCE):
        notes.append("Differences below 4 are small, whatever their standard errors.")
    return tuple(notes)
