"""The methods of a fit that compare models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from hashlib import blake2b
from typing import Any, Self

import numpy as np

from smoothstan.engines import check_whole
from smoothstan.errors import OptionError, SamplingWarning, known, suggestion, warn
from smoothstan.gam import GamFit
from smoothstan.numerals import is_number
from smoothstan.posterior.comparison.criterion import Criterion, response_of
from smoothstan.posterior.comparison.kfold import KFold, KFoldPredictions, cross_validate, kfold_predictions
from smoothstan.posterior.comparison.moment_match import moment_matched
from smoothstan.posterior.comparison.reloo import refitted
from smoothstan.posterior.comparison.waic import Waic, waic_of_blocks
from smoothstan.posterior.loo import Loo, loo_of_blocks
from smoothstan.posterior.loo_predictions import LooPredictions
from smoothstan.posterior.twin_comparison import TwinComparison, compare_twin

_REFIT_ABOVE = 0.7


class Comparing(LooPredictions):
    """How well the model predicts, beside other models.

    Methods that fit the model again share these arguments:

    Args:
        n_jobs: fits at the same time, -1 for one per processor.  By default one, or what ``joblib.parallel_config``
            says, which also sends the fits to threads, dask or ray.  The chains of a fit then run one after the other.
        seed: of the samplers (and of the folds); by default it derives from the seed of the fit.

    Warns:
        SamplingWarning: if draws of some fits should not be trusted.
    """

    def loo(
        self, *, pointwise: bool = False, moment_match: bool = False, reloo: bool = False,
        k_threshold: float | None = None, save_psis: bool = False, n_jobs: int | None = None, seed: int | None = None,
        max_memory: float | str | None = None,
    ) -> Loo:  # fmt: skip
        """Estimate the leave-one-out predictive density: elpd_loo, p_loo, looic and Pareto k.

        The numbers are those of R's loo 2.9 for the same log likelihood and chains.

        Args:
            pointwise: as in brms, asks for little memory; here the log likelihood is in any case computed in blocks.
            moment_match: improve estimates with a high Pareto k by moving the draws, see ``loo_moment_match``.
            reloo: replace estimates with a high Pareto k, also after moment matching, by those of fits without the
                observation, see ``reloo``.
            k_threshold: the k that counts as high; min(1 - 1/log10(draws), 0.7) by default.
            save_psis: keep the smoothed weights, draws times rows numbers, for ``loo_predict`` and others.
            n_jobs, seed: see ``Comparing``.
            max_memory: bytes, or a text such as ``"200 MB"``, for one block of rows.

        Warns:
            SamplingWarning: in words, if some Pareto k are too high, with what to do.

        Raises:
            OptionError: if the fit ignored the data (``sample_prior="only"``), or for an argument outside its range.
        """
        self._needs_data("loo")
        _check_flags(pointwise=pointwise, moment_match=moment_match, reloo=reloo, save_psis=save_psis)
        if k_threshold is not None:
            _check_threshold(k_threshold)
        options = _loo_options(moment_match, reloo, k_threshold, seed)
        kept = self._kept("loo", options)
        if isinstance(kept, Loo) and not (save_psis and kept.log_weights is None):
            return kept
        result = self._plain_loo(k_threshold, save_psis, max_memory)
        if moment_match:
            result = self.loo_moment_match(result, k_threshold=result.k_threshold, n_jobs=n_jobs)
        if reloo:
            result = self.reloo(result, k_threshold=result.k_threshold, n_jobs=n_jobs, seed=seed)
        if result.advice:
            warn(result.advice, SamplingWarning)
        return replace(result, options=options)

    def _plain_loo(self, threshold: float | None, save_psis: bool, max_memory: float | str | None) -> Loo:
        if not save_psis and max_memory is None:
            return replace(self._loo, threshold=threshold)
        return loo_of_blocks(
            self.log_lik_blocks(max_memory), self.chains, self.ndraws // self.chains, threshold=threshold,
            response=response_of(self.design), save_psis=save_psis,
        )  # fmt: skip

    @cached_property
    def _loo(self) -> Loo:
        blocks, draws = self.log_lik_blocks(), self.ndraws // self.chains
        return loo_of_blocks(blocks, self.chains, draws, response=response_of(self.design))

    def reloo(
        self, loo: Loo | None = None, *, k_threshold: float = _REFIT_ABOVE, n_jobs: int | None = None,
        seed: int | None = None,
    ) -> Loo:  # fmt: skip
        """Replace leave-one-out estimates with a high Pareto k by those of fits without the observation.

        Args:
            loo: the estimates to start from; ``loo()`` by default.
            k_threshold: the k above which the model is fitted again.
            n_jobs, seed: see ``Comparing``.

        Returns:
            The estimates with k = 0 where the model was fitted again.

        Raises:
            OptionError: if ``loo`` belongs to another fit, or for an argument outside its range.
        """
        self._needs_data("reloo")
        _check_threshold(k_threshold)
        return refitted(self._loo if loo is None else loo, self, k_threshold, n_jobs=n_jobs, seed=seed)

    def loo_moment_match(
        self, loo: Loo | None = None, *, k_threshold: float = _REFIT_ABOVE, max_iters: int = 30, split: bool = True,
        cov: bool = True, n_jobs: int | None = None,
    ) -> Loo:  # fmt: skip
        """Improve leave-one-out estimates with a high Pareto k by moving the draws.

        No fit is needed: affine maps match the moments of the draws to those of the posterior without the
        observation, which costs the log density of all draws some ten times per observation.

        Args:
            loo: the estimates to start from; ``loo()`` by default.
            k_threshold: the k above which draws are moved.
            max_iters: the largest number of maps for one observation, at least 1.
            split: weight moved and original draws together at the end.
            cov: match covariances, too, where there are ten draws per parameter.
            n_jobs: see ``Comparing``; observations are shared out.

        Returns:
            The estimates with k and effective sample sizes of the moved draws.  Weights that ``loo`` keeps stay those
            of the draws that were not moved.

        Raises:
            OptionError: if ``loo`` belongs to another fit, or for an argument outside its range.
        """
        self._needs_data("loo_moment_match")
        _check_threshold(k_threshold)
        check_whole("max_iters", max_iters, 1)
        _check_flags(split=split, cov=cov)
        start = self._loo if loo is None else loo
        return moment_matched(start, self, k_threshold, max_iters=max_iters, split=split, cov=cov, n_jobs=n_jobs)

    def waic(self, *, max_memory: float | str | None = None) -> Waic:
        """Estimate the predictive density by the widely applicable information criterion.

        Args:
            max_memory: bytes, or a text such as ``"200 MB"``, for one block of rows.

        Warns:
            SamplingWarning: if some penalties are too large, in which case ``loo`` is the better estimate.
        """
        self._needs_data("waic")
        kept = self.criteria.get("waic")
        if isinstance(kept, Waic):
            return kept
        result = waic_of_blocks(self.log_lik_blocks(max_memory), response_of(self.design))
        if result.advice:
            warn(result.advice, SamplingWarning)
        return result

    def kfold(
        self, K: int = 10, *, folds: Any = None, group: str | None = None, joint: bool | str = False,  # noqa: N803
        n_jobs: int | None = None, seed: int | None = None, save_fits: bool = False,
        max_memory: float | str | None = None,
    ) -> KFold:  # fmt: skip
        """Cross-validate: fit the model without each of K folds and predict the fold.

        Bases, codings and priors stay those of this fit.  Effects of a level without rows are drawn from the
        distribution of its group, as brms does by default (``sample_new_levels = "gaussian"``).

        Args:
            K: the number of folds, at least 2; with ``folds="loo"``, ``group`` alone or given folds it is ignored.
            folds: None for random folds, or with ``group`` one fold per level; ``"random"``; ``"stratified"``, each
                fold with nearly the same share of every level; ``"grouped"``, levels stay together; ``"loo"``, one row
                at a time, together with its group if one is given; or (n,) values that name the fold of every row.
            group: a factor of the model, or a grouping such as ``"g1:g2"``.
            joint: what is predicted jointly: ``False`` or ``"obs"``, every row for itself, which can be compared with
                ``loo()``; ``"fold"``; or ``"group"``, the rows of a level within a fold.
            n_jobs, seed: see ``Comparing``.
            save_fits: keep the K fits, for ``kfold_predict``; files do not hold them.
            max_memory: bytes, or a text such as ``"200 MB"``, for one block of rows.

        Raises:
            OptionError: for an argument outside its range.
            DataError: if a coefficient with a flat prior is not determined without some fold.
        """
        self._needs_data("kfold")
        _check_flags(save_fits=save_fits)
        options = _kfold_options(K, folds, group, joint, seed)
        kept = self._kept("kfold", options)
        if isinstance(kept, KFold) and not (save_fits and kept.fits is None):
            return kept
        result = cross_validate(
            self, self.log_lik_blocks(max_memory), K, folds, group, joint, n_jobs=n_jobs, seed=seed, save_fits=save_fits
        )
        return replace(result, options=options)

    def kfold_predict(
        self, kfold: KFold, *, method: str = "posterior_predict", seed: int | None = None
    ) -> KFoldPredictions:
        """Predict every row by the fit without its fold.

        Args:
            kfold: a result of ``kfold(save_fits=True)`` of this fit.
            method: ``"posterior_predict"`` (or ``"predict"``) or ``"posterior_epred"`` (or ``"fitted"``).
            seed: of new responses.

        Returns:
            ``y``, the responses, (n,), and ``yrep``, their predictions, (draws, n); probabilities of categories are
            (draws, n, categories).
        """
        return kfold_predictions(kfold, self, method, seed)

    def add_criterion(
        self, criterion: str | Criterion | Sequence[str | Criterion], *, overwrite: bool = False,
        moment_match: bool = False, reloo: bool = False, k_threshold: float | None = None, save_psis: bool = False,
        K: int = 10, folds: Any = None, group: str | None = None,  # noqa: N803
        n_jobs: int | None = None, seed: int | None = None,
    ) -> Self:  # fmt: skip
        """Return the fit with criteria kept in it: computed once, saved with it, used by methods and comparisons.

        Args:
            criterion: one or several of ``"loo"``, ``"waic"``, ``"kfold"``, ``"bayes_R2"``, ``"loo_R2"``, or results of
                ``loo()``, ``waic()`` and ``kfold()`` of this fit.
            overwrite: compute what the fit holds already.
            moment_match, reloo, k_threshold, save_psis: see ``loo``.
            K, folds, group: see ``kfold``.
            n_jobs, seed: see ``Comparing``.
        """
        source = replace(self, criteria={}) if overwrite else self
        compute: Mapping[str, Callable[[], Any]] = {
            "loo": lambda: source.loo(
                moment_match=moment_match, reloo=reloo, k_threshold=k_threshold, save_psis=save_psis, n_jobs=n_jobs,
                seed=seed,
            ),
            "waic": source.waic,
            "kfold": lambda: source.kfold(K, folds=folds, group=group, n_jobs=n_jobs, seed=seed),
            "bayes_R2": source._bayes_r2,
            "loo_R2": lambda: source._loo_r2(None, seed),
        }  # fmt: skip
        found = dict(self.criteria) if not overwrite else {}
        for item in criterion if isinstance(criterion, (list, tuple)) else [criterion]:
            if isinstance(item, Criterion):
                found[item.kind] = self._own(item)
            elif not isinstance(item, str) or item not in compute:
                close = suggestion(item, compute) if isinstance(item, str) else ""
                raise OptionError(f"unknown criterion {item!r}{close} (known: {known(compute)})")
            elif item not in found:
                found[item] = compute[item]()
        return replace(self, criteria=dict(self.criteria) | found)

    def _own(self, criterion: Criterion) -> Criterion:
        """Return a criterion if it was computed for the response of this fit."""
        if criterion.response != response_of(self.design):
            raise OptionError(f"the result of {criterion.kind}() belongs to a fit of another response")
        return criterion

    def _kept(self, name: str, options: str) -> Any:
        """Return a criterion that the fit holds, if it was computed with these options."""
        kept = self.criteria.get(name)
        return kept if kept is not None and kept.options == options else None

    def compare_to_gam(self, g: GamFit | None = None, *, prob: float = 0.95) -> TwinComparison:
        """Put the penalised fit of the same model beside the posterior.

        The edf of every smooth and group stands beside its effective degrees of freedom in the posterior (their formula
        is in ``posterior/twin_comparison.py``) and p_loo; sigma / sqrt(lambda) beside the posterior of the standard
        deviations ``sds`` and ``sd``.

        Args:
            g: a fit by ``gam()`` with the same smooths and groups; one is made, by REML, if None.
            prob: mass of the intervals.

        Raises:
            OptionError: if ``gam()`` cannot fit such a model, the fit given has other smooths, or this one ignored the
                data.
        """
        return compare_twin(self.design, self.flat, self._quiet_loo, g, prob)

    def _quiet_loo(self) -> Loo:
        self._needs_data("loo")
        return self._loo


def _loo_options(moment_match: bool, reloo: bool, k_threshold: float | None, seed: int | None) -> str:
    shown = f"moment_match={moment_match}, reloo={reloo}, k_threshold={k_threshold!r}"
    return f"{shown}, seed={seed!r}" if reloo else shown


def _kfold_options(k: int, folds: Any, group: str | None, joint: bool | str, seed: int | None) -> str:
    if folds is not None and not isinstance(folds, str):
        folds = blake2b(repr(np.asarray(folds).tolist()).encode(), digest_size=8).hexdigest()
    return f"K={k!r}, folds={folds!r}, group={group!r}, joint={joint or 'obs'!r}, seed={seed!r}"


def _check_flags(**flags: Any) -> None:
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise OptionError(f"{name} must be True or False, got {value!r}")


def _check_threshold(k_threshold: float) -> None:
    if not (is_number(k_threshold) and np.isfinite(k_threshold)):
        raise OptionError(f"k_threshold must be a number, got {k_threshold!r}")
