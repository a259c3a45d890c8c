"""K-fold cross-validation: every row is predicted by a fit without its fold.

Source: Vehtari, Gelman & Gabry (2017), section 2.3; the arguments and their meaning are those of brms's kfold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, final

import numpy as np

from smoothstan.arrays import NOT_STORED, FloatArray, IntArray
from smoothstan.errors import OptionError
from smoothstan.posterior.comparison.criterion import Criterion, response_of
from smoothstan.posterior.comparison.folds import Folds, make_folds
from smoothstan.posterior.comparison.held_out import held_out_fits, log_density_of_units, seeds_of
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.prediction import prepare, third_dimension

if TYPE_CHECKING:
    import pandas as pd

JOINT = ("obs", "fold", "group")


@final
@dataclass(frozen=True, repr=False)
class KFold(Criterion):
    """The result of ``kfold()``; prints as brms's.

    Args:
        elpd_i, p_kfold_i: pointwise values: by row, or by fold or group if ``joint`` says so.
        folds: (n,) the fold of every row, from 0.
        count: the number of folds, K.
        way: how the folds were made.
        group: the grouping by which they were made, or empty.
        joint: ``"obs"``, ``"fold"`` or ``"group"``: what one value of ``elpd_i`` predicts.
        seeds: (K,) the seed of the sampler of every fit.
        response: identifies the response.
        options: the options of ``kfold()`` that it was made with.
        fits: the fits without each fold, kept with ``save_fits=True``; files do not hold them.
    """

    elpd_i: FloatArray
    p_kfold_i: FloatArray
    folds: IntArray
    count: int
    way: str
    group: str
    joint: str
    seeds: IntArray
    response: str = ""
    options: str = ""
    fits: tuple[Any, ...] | None = field(default=None, metadata=NOT_STORED)

    kind: ClassVar[str] = "kfold"
    information: ClassVar[str] = "kfoldic"

    @property
    def p_i(self) -> FloatArray:
        """The effective number of parameters, pointwise."""
        return self.p_kfold_i

    @property
    def elpd_kfold(self) -> float:
        """The expected log predictive density."""
        return self.elpd

    @property
    def p_kfold(self) -> float:
        """The effective number of parameters."""
        return self.p

    @property
    def kfoldic(self) -> float:
        """-2 elpd_kfold."""
        return self.ic

    @property
    def pointwise(self) -> pd.DataFrame:
        """The values of every observation (or fold, or group)."""
        import pandas as pd

        return pd.DataFrame({"elpd_kfold": self.elpd_i, "p_kfold": self.p_kfold_i, "kfoldic": -2 * self.elpd_i})

    @property
    def header(self) -> str:
        """What it was computed from."""
        group = f" by {self.group}" if self.group else ""
        joint = "" if self.joint == "obs" else f", each {self.joint} predicted jointly"
        return f"Based on {self.count}-fold cross-validation ({self.way}{group}{joint})."

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing below the table."""
        return ()


@dataclass(frozen=True)
class KFoldPredictions:
    """Predictions of every row by the fit without its fold.

    Args:
        y: (n,) responses.
        yrep: (draws, n) predictions.
    """

    y: FloatArray
    yrep: FloatArray


def cross_validate(
    fit: Fitted, blocks: Iterable[FloatArray], k: int, folds: Any, group: str | None, joint: Any, *,
    n_jobs: int | None, seed: int | None, save_fits: bool,
) -> KFold:  # fmt: skip
    """Fit the model without each fold and predict it; the arguments are those of ``Comparing.kfold``.

    Args:
        fit: the fit to all rows.
        blocks: its log likelihood in blocks of rows.
        k, folds, group, joint, n_jobs, seed, save_fits: see ``Comparing.kfold``.
    """
    seeds = seeds_of(fit, seed, 1)
    made = make_folds(fit.design, k, folds, group, np.random.default_rng(int(seeds[0])))
    units, unit = _units(made, joint)
    seeds = seeds_of(fit, seed, made.count + 1)[1:]
    predicted = [made.predicted(i) for i in range(made.count)]
    within = [np.unique(units[rows], return_inverse=True)[1].astype(np.int64) for rows in predicted]
    results = held_out_fits(fit, made.omitted, predicted, within, seeds, n_jobs=n_jobs, keep=save_fits)
    elpd = np.empty(int(units.max()) + 1)
    for result, rows in zip(results, predicted, strict=True):
        elpd[np.unique(units[rows])] = result.elpd
    p = log_density_of_units(blocks, units) - elpd
    fits = tuple(result.fit for result in results) if save_fits else None
    return KFold(elpd, p, made.ids, made.count, made.way, made.group, unit, seeds, response_of(fit.design), fits=fits)


def _units(folds: Folds, joint: Any) -> tuple[IntArray, str]:
    """Return the number of the unit to which a row belongs, and what a unit is."""
    unit = "obs" if joint is False else joint
    if unit not in JOINT:
        raise OptionError(f"joint is False or one of {', '.join(map(repr, JOINT))}, got {joint!r}")
    if unit == "obs":
        return np.arange(len(folds.ids)), unit
    if unit == "fold":
        return folds.ids, unit
    if not folds.group:
        raise OptionError("joint='group' needs group=, the factor whose levels are predicted jointly")
    # A group that is spread over several folds is predicted jointly within each of them.
    pairs = folds.ids * (int(folds.members.max()) + 1) + folds.members
    return np.unique(pairs, return_inverse=True)[1].astype(np.int64), unit


def kfold_predictions(kfold: KFold, fit: Fitted, method: str, seed: int | None) -> KFoldPredictions:
    """Predict every row by the fit without its fold; see ``Comparing.kfold_predict``."""
    kinds = {"predict": "predict", "posterior_predict": "predict", "fitted": "epred", "posterior_epred": "epred",
             "epred": "epred"}  # fmt: skip
    if method not in kinds:
        raise OptionError(f"method is 'posterior_predict' or 'posterior_epred', got {method!r}")
    if kfold.fits is None:
        raise OptionError("kfold_predict() needs the fits without each fold: kfold(save_fits=True)")
    if len(kfold.folds) != fit.design.n:
        raise OptionError(f"the cross-validation has {len(kfold.folds)} rows, the fit {fit.design.n}")
    categories = third_dimension(fit.design, kinds[method], None).labels
    yrep = np.empty((kfold.fits[0].ndraws, fit.design.n, *([len(categories)] if categories else [])))
    seeds = seeds_of(fit, seed, kfold.count)
    for fold, again in enumerate(kfold.fits):
        rows = np.flatnonzero(kfold.folds == fold)
        prediction = prepare(again, None, kinds[method], seed=int(seeds[fold]))
        yrep[:, rows] = prediction.at(fit.design.table.take(rows)).evaluate(kinds[method])
    return KFoldPredictions(fit.design.observed.y, yrep)
