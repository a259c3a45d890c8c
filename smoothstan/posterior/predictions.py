"""The methods of a fit that predict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.memory import memory_beside
from smoothstan.posterior.prediction import Prediction, prepare

if TYPE_CHECKING:
    import xarray as xr


class Predictions(Fitted):
    """Predictions from the draws.

    All methods share these arguments:

    Args:
        new_data: a table with the columns that the predictors need; the rows of the fit by default.
        re_formula: the group-level effects to include: None for all, ``"NA"`` for none, or a formula
            such as ``"~ (1 | g)"``.
        allow_new_levels: let groups have levels that the fit has not seen; a missing value or a missing
            column of a grouping is one of them.
        sample_new_levels: how their effects are drawn: ``"uncertainty"``, those of a random level of the fit in every
            draw; ``"gaussian"``, from the normal distribution with the draw's standard deviations and correlations;
            ``"old_levels"``, those of one random level of the fit.
        ndraws: use so many draws, chosen at random; the result then has one chain. All by default.
        draw_ids: use the draws with these numbers, counted from 0 through all chains.
        seed: of everything random: new responses, new levels, the choice of draws.
        max_memory: bytes, or a text such as ``"200 MB"``, that the call may use, its result included.

    Raises:
        DataError: for a missing column or value, another kind of column, or a level that is not allowed.
        OptionError, FormulaError: for an argument outside its range, or a result that is too large.
    """

    def posterior_linpred(
        self, new_data: Any = None, *, dpar: str = "mu", transform: bool = False, re_formula: Any = None,
        allow_new_levels: bool = False, sample_new_levels: str = "uncertainty", ndraws: int | None = None,
        draw_ids: Sequence[int] | None = None, seed: int | None = None, max_memory: float | str | None = None,
    ) -> xr.DataArray:  # fmt: skip
        """Return the linear predictor of a parameter, dims (chain, draw, obs).

        Args:
            new_data: a table with the columns that the predictors need; the rows of the fit by default.
            dpar: a predicted distributional parameter.
            transform: apply the inverse link.
            re_formula, allow_new_levels, sample_new_levels, ndraws, draw_ids, seed, max_memory: see ``Predictions``.
        """
        prediction = prepare(
            self, new_data, "linpred", re_formula=re_formula, allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed,
        )  # fmt: skip
        return self._collect(prediction, "linpred", max_memory, dpar=dpar, transform=transform)

    def posterior_epred(
        self, new_data: Any = None, *, dpar: str | None = None, re_formula: Any = None,
        allow_new_levels: bool = False, sample_new_levels: str = "uncertainty", ndraws: int | None = None,
        draw_ids: Sequence[int] | None = None, seed: int | None = None, max_memory: float | str | None = None,
    ) -> xr.DataArray:  # fmt: skip
        """Return the expected response, or a distributional parameter, dims (chain, draw, obs).

        Args:
            new_data: a table with the columns that the predictors need; the rows of the fit by default.
            dpar: return this parameter on its natural scale in place of the expected response.
            re_formula, allow_new_levels, sample_new_levels, ndraws, draw_ids, seed, max_memory: see ``Predictions``.
        """
        # A parameter needs no additions to the response.
        prediction = prepare(
            self, new_data, "epred" if dpar is None else "linpred", re_formula=re_formula,
            allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed,
        )  # fmt: skip
        return self._collect(prediction, "epred", max_memory, dpar=dpar)

    def posterior_predict(
        self, new_data: Any = None, *, re_formula: Any = None, allow_new_levels: bool = False,
        sample_new_levels: str = "uncertainty", ndraws: int | None = None, draw_ids: Sequence[int] | None = None,
        seed: int | None = None, max_memory: float | str | None = None,
    ) -> xr.DataArray:  # fmt: skip
        """Draw new responses from the posterior predictive distribution, dims (chain, draw, obs).

        Args:
            new_data: a table with the columns that the predictors need; the rows of the fit by default.
            re_formula, allow_new_levels, sample_new_levels, ndraws, draw_ids, seed, max_memory: see ``Predictions``.
        """
        prediction = prepare(
            self, new_data, "predict", re_formula=re_formula, allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed,
        )  # fmt: skip
        return self._collect(prediction, "predict", max_memory)

    def log_lik(
        self, new_data: Any = None, *, re_formula: Any = None, allow_new_levels: bool = False,
        sample_new_levels: str = "uncertainty", ndraws: int | None = None, draw_ids: Sequence[int] | None = None,
        seed: int | None = None, max_memory: float | str | None = None,
    ) -> xr.DataArray:  # fmt: skip
        """Return the log likelihood of every observation, dims (chain, draw, obs).

        Args:
            new_data: a table with the response, its additions, and the columns that the predictors need; the rows
                of the fit by default.
            re_formula, allow_new_levels, sample_new_levels, ndraws, draw_ids, seed, max_memory: see ``Predictions``.
        """
        prediction = prepare(
            self, new_data, "log_lik", re_formula=re_formula, allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed,
        )  # fmt: skip
        return self._collect(prediction, "log_lik", max_memory)

    def log_lik_blocks(self, max_memory: float | str | None = None) -> Iterator[FloatArray]:
        """Return the log likelihood at the data in blocks of rows, (draws, rows of the block)."""
        for block in prepare(self).blocks(max_memory):
            yield block.evaluate("log_lik")

    def _collect(
        self, prediction: Prediction, kind: str, max_memory: float | str | None, **options: Any
    ) -> xr.DataArray:
        beside = memory_beside(prediction.n, prediction.ndraws, max_memory)
        values: FloatArray | None = None
        for block in prediction.blocks(beside):
            part = block.evaluate(kind, **options)
            if values is None:
                values = np.empty((prediction.ndraws, prediction.n, *part.shape[2:]))
            values[:, block.start : block.start + block.n] = part
        assert values is not None
        return self.labelled(prediction, values, kind)

    def labelled(self, prediction: Prediction, values: FloatArray, name: str) -> xr.DataArray:
        """Return (draws, rows) values with dims (chain, draw, obs).

        Of a selection of draws the chain has length one, and ``draw`` numbers the draws through all chains.
        """
        import xarray as xr

        rows = np.arange(prediction.start, prediction.start + values.shape[1])
        posterior = self.draws["posterior"]
        if prediction.draws is self.flat:
            chain, draw = np.asarray(posterior["chain"]), np.asarray(posterior["draw"])
        else:
            chain, draw = np.arange(1), prediction.draw_ids
        coords = {"chain": chain, "draw": draw, "obs": rows}
        shape = (len(chain), len(draw), *values.shape[1:])
        dims = ("chain", "draw", "obs", "category")[: len(shape)]
        return xr.DataArray(values.reshape(shape), dims=dims, coords=coords, name=name)
