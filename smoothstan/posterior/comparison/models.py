"""Several fits at once: comparison, weights, and averages by weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.engines import check_whole
from smoothstan.errors import DataError, OptionError, known
from smoothstan.numerals import is_number
from smoothstan.posterior.comparing import Comparing
from smoothstan.posterior.comparison.compare import LooComparison, check_comparable, compare_criteria, models_of
from smoothstan.posterior.comparison.criterion import Criterion, response_of
from smoothstan.posterior.comparison.weights import (
    bootstrapped_weights,
    pseudo_bma_weights,
    split_draws,
    stacking_weights,
)
from smoothstan.posterior.estimates import posterior_summary
from smoothstan.posterior.prediction import third_dimension
from smoothstan.posterior.row_summaries import proportions_by_row, summary_by_row

if TYPE_CHECKING:
    import pandas as pd

_KINDS = ("loo", "waic", "kfold")
_METHODS = ("stacking", "pseudobma")
_PREDICTIONS = {"posterior_predict": "posterior_predict", "predict": "posterior_predict",
                "posterior_epred": "posterior_epred", "fitted": "posterior_epred", "epred": "posterior_epred",
                "posterior_linpred": "posterior_linpred", "linpred": "posterior_linpred"}  # fmt: skip


def loo_compare(
    *models: Comparing | Criterion | Mapping[str, Any], criterion: str = "loo", names: Sequence[str] | None = None
) -> LooComparison:
    """Compare models by their expected log predictive density.

    Args:
        models: fits, results of ``loo()``, ``waic()`` or ``kfold()``, or one dict of them by name.
        criterion: ``"loo"``, ``"waic"`` or ``"kfold"``, for fits.  What ``add_criterion`` kept is used; loo and waic
            are computed where it is not there, kfold is not, as all models should be given the same folds.
        names: one per model; model1, model2, ... by default.

    Returns:
        A table ordered by elpd: the difference to the best model with its standard error, then elpd, p and the
        information criterion with theirs.

    Warns:
        DataWarning: if the responses differ, or the criteria are not quite comparable.
        SamplingWarning: if some Pareto k are too high.

    Raises:
        OptionError: for fewer than two models, or criteria that cannot be compared.
        DataError: if the models have different numbers of observations.
    """
    given, labels = models_of(models, names)
    return compare_criteria(_criteria(given, labels, criterion), labels)


def loo_model_weights(
    *models: Comparing | Criterion | Mapping[str, Any], method: str = "stacking", BB: bool = True,  # noqa: N803
    BB_n: int = 1000, alpha: float = 1.0, criterion: str = "loo", names: Sequence[str] | None = None,  # noqa: N803
    seed: int | None = None,
) -> pd.Series:  # fmt: skip
    """Return weights of models for the average of their predictive distributions.

    Args:
        models: as in ``loo_compare``.
        method: ``"stacking"``, which maximises the leave-one-out score of the average, or ``"pseudobma"``, weights
            proportional to exp(elpd).
        BB: average pseudo-BMA weights over the Bayesian bootstrap (pseudo-BMA+).
        BB_n: the number of bootstrap replicates.
        alpha: of the Dirichlet distribution of the bootstrap.
        criterion: ``"loo"``, ``"waic"`` or ``"kfold"``, for fits.
        names: one per model; model1, model2, ... by default.
        seed: of the bootstrap.

    Returns:
        Weights that sum to one, by name.

    Source: Yao, Vehtari, Simpson & Gelman (2018), Bayesian Analysis 13, 917-1007.
    """
    import pandas as pd

    if method not in _METHODS:
        raise OptionError(f"method is one of {', '.join(map(repr, _METHODS))}, got {method!r}")
    if not isinstance(BB, bool):
        raise OptionError(f"BB must be True or False, got {BB!r}")
    check_whole("BB_n", BB_n, 1)
    if not (is_number(alpha) and alpha > 0):
        raise OptionError(f"alpha must be a number above 0, got {alpha!r}")
    given, labels = models_of(models, names)
    criteria = _criteria(given, labels, criterion)
    check_comparable(criteria, labels)
    lpd = np.column_stack([each.elpd_i for each in criteria])
    if method == "stacking":
        weights = stacking_weights(lpd)
    elif BB:
        weights = bootstrapped_weights(lpd, np.random.default_rng(seed), replicates=BB_n, alpha=alpha)
    else:
        weights = pseudo_bma_weights(lpd)
    return pd.Series(weights, index=list(labels), name=method)


def model_weights(
    *models: Comparing | Criterion | Mapping[str, Any], weights: str = "stacking", names: Sequence[str] | None = None,
    seed: int | None = None,
) -> pd.Series:  # fmt: skip
    """Return weights of models.

    Args:
        models: as in ``loo_compare``.
        weights: ``"stacking"`` or ``"pseudobma"`` as in ``loo_model_weights``; or ``"loo"``, ``"waic"``, ``"kfold"``:
            proportional to exp(elpd) by that criterion (Akaike weights).
        names: one per model; model1, model2, ... by default.
        seed: of the bootstrap of pseudo-BMA+.
    """
    import pandas as pd

    if weights in _METHODS:
        return loo_model_weights(*models, method=weights, names=names, seed=seed)
    if weights not in _KINDS:
        raise OptionError(f"weights is one of {', '.join(map(repr, (*_METHODS, *_KINDS)))}, got {weights!r}")
    given, labels = models_of(models, names)
    criteria = _criteria(given, labels, weights)
    check_comparable(criteria, labels)
    lpd = np.column_stack([each.elpd_i for each in criteria])
    return pd.Series(pseudo_bma_weights(lpd), index=list(labels), name=weights)


def pp_average(
    *models: Comparing | Mapping[str, Any], weights: str | Sequence[float] = "stacking",
    method: str = "posterior_predict", new_data: Any = None, ndraws: int | None = None, summary: bool = True,
    prob: float = 0.95, robust: bool = False, names: Sequence[str] | None = None, seed: int | None = None,
) -> pd.DataFrame | FloatArray:  # fmt: skip
    """Predict by several models: draws of each in proportion to its weight.

    Args:
        models: fits of the same response, or one dict of them by name.
        weights: see ``model_weights``, or one number per model.
        method: ``"posterior_predict"``, ``"posterior_epred"`` or ``"posterior_linpred"``.
        new_data: rows to predict; those of the fits by default.
        ndraws: the number of draws in all; by default as many as the first model has.
        summary: return estimate, error and interval of every row; else the draws, (ndraws, rows). Categories have a
            row each, or the draws a third dimension; of new responses that are categories it is the proportions.
        prob: mass of the intervals.
        robust: median and median absolute deviation in place of mean and standard deviation.
        names: one per model.
        seed: of the choice of draws, and of new responses.
    """
    fits, labels = _fits(models, names)
    if method not in _PREDICTIONS:
        raise OptionError(f"method is one of {known(set(_PREDICTIONS.values()))}, got {method!r}")
    counts = split_draws(_numbers(weights, fits, labels, seed), _draw_count(ndraws, fits))
    parts = []
    for i, (fit, count) in enumerate(zip(fits, counts, strict=True)):
        if count:
            predict = getattr(fit, _PREDICTIONS[method])
            ids = _chosen(fit, count, seed, i)
            values = predict(new_data, draw_ids=ids, seed=_seed_of(seed, i)).to_numpy()
            parts.append(values.reshape(count, *values.shape[2:]))
    values = np.concatenate(parts)
    if not summary:
        return values
    design, kind = fits[0].design, _PREDICTIONS[method].removeprefix("posterior_")
    if kind == "predict" and design.family.categorical:
        return proportions_by_row([values], design.response.categories)
    third = third_dimension(design, kind, None)
    if third.labels:
        return summary_by_row([values], prob=prob, robust=robust, third=third)
    return posterior_summary(values, None, prob=prob, robust=robust)


def posterior_average(
    *models: Comparing | Mapping[str, Any], variable: Sequence[str] | str | None = None,
    weights: str | Sequence[float] = "stacking", ndraws: int | None = None,
    missing: float | Mapping[str, float] | None = None, names: Sequence[str] | None = None, seed: int | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return draws of parameters from several models, of each in proportion to its weight.

    Args:
        models: fits of the same response, or one dict of them by name.
        variable: names of scalar parameters; by default those that all models share, or with ``missing`` any has.
        weights: see ``model_weights``, or one number per model.
        ndraws: the number of draws in all; by default as many as the first model has.
        missing: the value of a parameter in models that do not have it, for all parameters or by name.
        names: one per model.
        seed: of the choice of draws.

    Returns:
        One row per draw, one column per parameter.
    """
    import pandas as pd

    fits, labels = _fits(models, names)
    chosen = _shared_variables(fits, variable, missing)
    counts = split_draws(_numbers(weights, fits, labels, seed), _draw_count(ndraws, fits))
    parts = []
    for i, (fit, count) in enumerate(zip(fits, counts, strict=True)):
        if count:
            ids = _chosen(fit, count, seed, i)
            absent = {name: _value_of(name, missing) for name in chosen if name not in fit.flat}
            parts.append(pd.DataFrame({name: absent.get(name, fit.flat[name][ids] if name in fit.flat else None)
                                       for name in chosen}, index=range(count)))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _criteria(models: Sequence[Any], names: Sequence[str], kind: str) -> list[Criterion]:
    if kind not in _KINDS:
        raise OptionError(f"criterion is one of {', '.join(map(repr, _KINDS))}, got {kind!r}")
    return [_criterion(model, name, kind) for model, name in zip(models, names, strict=True)]


def _criterion(model: Any, name: str, kind: str) -> Criterion:
    if isinstance(model, Criterion):
        return model
    if not isinstance(model, Comparing):
        raise OptionError(f"{name} is neither a fit nor a result of loo(), waic() or kfold(): {type(model).__name__}")
    kept = model.criteria.get(kind)
    if isinstance(kept, Criterion):
        return kept
    if kind == "kfold":
        raise OptionError(
            f"{name} holds no kfold: use fit.add_criterion('kfold', folds=...) with the same folds for all models"
        )
    return model.waic() if kind == "waic" else model._quiet_loo()


def _fits(models: tuple[Any, ...], names: Sequence[str] | None) -> tuple[tuple[Comparing, ...], tuple[str, ...]]:
    given, labels = models_of(models, names)
    if len(given) < 2:
        raise OptionError("an average needs at least two models")
    for model, name in zip(given, labels, strict=True):
        if not isinstance(model, Comparing):
            raise OptionError(f"{name} is not a fit: {type(model).__name__}")
    if len({response_of(fit.design) for fit in given}) > 1:
        raise DataError("only models of the same response, row by row, can be averaged")
    return given, labels


def _numbers(weights: Any, fits: Sequence[Comparing], names: Sequence[str], seed: int | None) -> FloatArray:
    if isinstance(weights, str):
        return np.asarray(model_weights(*fits, weights=weights, names=names, seed=seed), dtype=float)
    values = np.asarray(weights, dtype=float)
    if values.shape != (len(fits),) or not np.isfinite(values).all() or (values < 0).any() or values.sum() == 0:
        raise OptionError(f"weights holds one number >= 0 for each of the {len(fits)} models, got {weights!r}")
    return np.asarray(values / values.sum())


def _draw_count(ndraws: int | None, fits: Sequence[Comparing]) -> int:
    if ndraws is None:
        return fits[0].ndraws
    check_whole("ndraws", ndraws, 1)
    return ndraws


def _seed_of(seed: int | None, model: int) -> int | None:
    return None if seed is None else int(np.random.SeedSequence([seed, model]).generate_state(1)[0])


def _chosen(fit: Comparing, count: int, seed: int | None, model: int) -> list[int]:
    if count > fit.ndraws:
        raise OptionError(f"{count} draws of a model with {fit.ndraws} are asked for; give a smaller ndraws")
    rng = np.random.default_rng(_seed_of(seed, model))
    return sorted(int(i) for i in rng.choice(fit.ndraws, count, replace=False))


def _shared_variables(
    fits: Sequence[Comparing], variable: Sequence[str] | str | None, missing: float | Mapping[str, float] | None
) -> list[str]:
    scalars = [[name for name, values in fit.flat.items() if values.ndim == 1 and name != "lp__"] for fit in fits]
    everywhere = list(dict.fromkeys(name for names in scalars for name in names))
    shared = [name for name in everywhere if all(name in names for names in scalars)]
    available = shared if missing is None else everywhere
    chosen = available if variable is None else [variable] if isinstance(variable, str) else list(variable)
    for name in chosen:
        if name not in available:
            hint = "" if name not in everywhere else "; give missing=, its value in models that do not have it"
            where = "all models" if missing is None else "any model"
            raise OptionError(f"the parameter {name!r} is not in {where}{hint} (there: {', '.join(available)})")
    if not chosen:
        raise OptionError("the models share no scalar parameters")
    return chosen


def _value_of(name: str, missing: float | Mapping[str, float] | None) -> float:
    value = missing.get(name) if isinstance(missing, Mapping) else missing
    if value is None or not is_number(value):
        raise OptionError(f"missing has no number for the parameter {name!r}")
    return float(value)
