"""The methods of a fit that return predictions draw by draw."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.design import only_smooth
from smoothstan.errors import OptionError
from smoothstan.posterior.category_labels import check_labels, with_categories
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.memory import memory_beside
from smoothstan.posterior.prediction import Prediction, ThirdDimension, check_question, prepare, threshold_dimension
from smoothstan.posterior.prediction_file import write_blocks

if TYPE_CHECKING:
    import xarray as xr


_NO_THIRD = ThirdDimension("")


class PredictedDraws(Fitted):
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
        max_memory: bytes, or a text such as ``"200 MB"``, that the call may use, its result included; the draws of
            the parameters and the rows themselves do not count.

    Raises:
        DataError: for a missing column or value, another kind of column, or a level that is not allowed.
        OptionError, FormulaError: for an argument outside its range, or a result that is too large.
    """

    def posterior_linpred(
        self, new_data: Any = None, *, dpar: str | None = None, transform: bool = False, re_formula: Any = None,
        allow_new_levels: bool = False, sample_new_levels: str = "uncertainty", ndraws: int | None = None,
        draw_ids: Sequence[int] | None = None, seed: int | None = None, max_memory: float | str | None = None,
        incl_thres: bool = False,
    ) -> xr.DataArray:  # fmt: skip
        """Return the linear predictor of a parameter, dims (chain, draw, obs).

        Of categories with a predictor each, all have a fourth dimension ``dpar``, without that of the reference.
        With ``incl_thres``, and with category specific effects unless ``dpar="mu"``, it is ``threshold``.

        Args:
            new_data: a table with the columns that the predictors need; the rows of the fit by default.
            dpar: a predicted distributional parameter, by default that of the main formula.
            transform: apply the inverse link.
            re_formula, allow_new_levels, sample_new_levels, ndraws, draw_ids, seed, max_memory: see the class.
            incl_thres: of ordered categories, return what the inverse link is taken of at every threshold, with
                discrimination and category specific effects: ``disc * (threshold - mu)``, of cratio and acat
                ``disc * (mu - threshold)``; missing where a row has no such threshold.

        Source: ``posterior_linpred`` of brms.
        """
        check_question(self.design, "linpred", dpar, transform)
        if not isinstance(incl_thres, bool):
            raise OptionError(f"incl_thres must be True or False, got {incl_thres!r}")
        third = threshold_dimension(self.design, dpar, transform) if incl_thres else None
        prediction = prepare(
            self, new_data, "linpred", re_formula=re_formula, allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed,
        )  # fmt: skip
        if third is not None:
            return self.collect(prediction, Prediction.threshold_predictors, "linpred", max_memory, third)
        return self.collect(
            prediction, lambda block: block.evaluate("linpred", dpar=dpar, transform=transform), "linpred", max_memory,
            prediction.third("linpred", dpar, transform),
        )  # fmt: skip

    def posterior_epred(
        self, new_data: Any = None, *, dpar: str | None = None, re_formula: Any = None,
        allow_new_levels: bool = False, sample_new_levels: str = "uncertainty", ndraws: int | None = None,
        draw_ids: Sequence[int] | None = None, seed: int | None = None, max_memory: float | str | None = None,
    ) -> xr.DataArray:  # fmt: skip
        """Return the expected response, or a distributional parameter, dims (chain, draw, obs).

        Of categories these are their probabilities, with a fourth dimension ``category``.

        Args:
            new_data: a table with the columns that the predictors need; the rows of the fit by default.
            dpar: return this parameter on its natural scale in place of the expected response.
            re_formula, allow_new_levels, sample_new_levels, ndraws, draw_ids, seed, max_memory: see the class.
        """
        check_question(self.design, "epred", dpar)
        prediction = prepare(
            self, new_data, columns_for("epred", dpar), re_formula=re_formula, allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed,
        )  # fmt: skip
        return self.collect(
            prediction, lambda block: block.evaluate("epred", dpar=dpar), "epred", max_memory,
            prediction.third("epred", dpar),
        )  # fmt: skip

    def posterior_predict(
        self, new_data: Any = None, *, re_formula: Any = None, allow_new_levels: bool = False,
        sample_new_levels: str = "uncertainty", ndraws: int | None = None, draw_ids: Sequence[int] | None = None,
        seed: int | None = None, max_memory: float | str | None = None, labels: bool = False,
    ) -> xr.DataArray:  # fmt: skip
        """Draw new responses from the posterior predictive distribution, dims (chain, draw, obs).

        Categories are their numbers, from 1; the attribute ``categories`` of the result holds their labels.

        Args:
            new_data: a table with the columns that the predictors need; the rows of the fit by default.
            re_formula, allow_new_levels, sample_new_levels, ndraws, draw_ids, seed, max_memory: see the class.
            labels: return the labels of categories as text.
        """
        check_labels(self.design, labels)
        prediction = prepare(
            self, new_data, "predict", re_formula=re_formula, allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed,
        )  # fmt: skip
        drawn = self.collect(prediction, lambda block: block.evaluate("predict"), "predict", max_memory)
        return with_categories(drawn, self.design.response.categories, as_text=labels)

    def log_lik(
        self, new_data: Any = None, *, re_formula: Any = None, allow_new_levels: bool = False,
        sample_new_levels: str = "uncertainty", ndraws: int | None = None, draw_ids: Sequence[int] | None = None,
        seed: int | None = None, max_memory: float | str | None = None,
    ) -> xr.DataArray:  # fmt: skip
        """Return the log likelihood of every observation, dims (chain, draw, obs).

        Args:
            new_data: a table with the response, its additions, and the columns that the predictors need; the rows
                of the fit by default.
            re_formula, allow_new_levels, sample_new_levels, ndraws, draw_ids, seed, max_memory: see the class.
        """
        prediction = prepare(
            self, new_data, "log_lik", re_formula=re_formula, allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed,
        )  # fmt: skip
        return self.collect(prediction, lambda block: block.evaluate("log_lik"), "log_lik", max_memory)

    def posterior_smooths(
        self, smooth: str, new_data: Any = None, *, dpar: str = "mu", ndraws: int | None = None,
        draw_ids: Sequence[int] | None = None, seed: int | None = None, max_memory: float | str | None = None,
    ) -> xr.DataArray:  # fmt: skip
        """Return what one smooth adds to a linear predictor, all levels of its ``by`` together.

        Args:
            smooth: the term as in the formula, e.g. ``"s(x, by=f)"``; spaces and quotes do not matter.
            new_data: a table with the columns of this smooth; the rows of the fit by default.
            dpar: the distributional parameter.
            ndraws, draw_ids, seed, max_memory: see the class.

        Returns:
            dims (chain, draw, obs).
        """
        prediction = prepare(
            self, new_data, "linpred", ndraws=ndraws, draw_ids=draw_ids, seed=seed,
            design=only_smooth(self.design, smooth, dpar),
        )  # fmt: skip
        return self.collect(prediction, lambda block: block.evaluate("linpred", dpar=dpar), "smooth", max_memory)

    def prediction_blocks(
        self, kind: str, new_data: Any = None, *, dpar: str | None = None, transform: bool = False,
        re_formula: Any = None, allow_new_levels: bool = False, sample_new_levels: str = "uncertainty",
        ndraws: int | None = None, draw_ids: Sequence[int] | None = None, seed: int | None = None,
        max_memory: float | str | None = None,
    ) -> Iterator[xr.DataArray]:  # fmt: skip
        """Return predictions in blocks of rows, for tables of any length.

        Args:
            kind: ``"linpred"``, ``"epred"``, ``"predict"`` or ``"log_lik"``, as in ``posterior_linpred()``, ...
            new_data: a table with the columns that ``kind`` needs; the rows of the fit by default.
            dpar: the distributional parameter; for ``"linpred"`` and ``"epred"``.
            transform: apply the inverse link; for ``"linpred"``.
            re_formula, allow_new_levels, sample_new_levels, ndraws, draw_ids, seed: see the class.
            max_memory: what the blocks may take, with the one before, which the caller may still hold; 256 MB by
                default.

        Returns:
            Blocks with dims (chain, draw, obs), whose ``obs`` count on: joined along it they are the whole.
        """
        prediction = self._prepare_kind(
            kind, new_data, dpar, transform, re_formula=re_formula, allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed,
        )  # fmt: skip
        blocks = prediction.blocks(max_memory)
        third = prediction.third(kind, dpar, transform)
        return (self.labelled(b, b.evaluate(kind, dpar=dpar, transform=transform), kind, third) for b in blocks)

    def write_predictions(
        self, path: str | os.PathLike[str], kind: str, new_data: Any = None, *, dpar: str | None = None,
        transform: bool = False, re_formula: Any = None, allow_new_levels: bool = False,
        sample_new_levels: str = "uncertainty", ndraws: int | None = None, draw_ids: Sequence[int] | None = None,
        seed: int | None = None, max_memory: float | str | None = None,
    ) -> None:  # fmt: skip
        """Write predictions to a file block by block; ``xarray.open_dataset`` reads it, the variable is ``kind``.

        Args:
            path: ends in ``.nc`` for netCDF or in ``.zarr`` for Zarr, which needs the package zarr. What stands there
                already is replaced once all is written.
            kind: ``"linpred"``, ``"epred"``, ``"predict"`` or ``"log_lik"``.
            new_data, dpar, transform, re_formula, allow_new_levels, sample_new_levels, ndraws, draw_ids, seed: see
                ``prediction_blocks``.
            max_memory: what may be held in memory; 256 MB by default.

        Raises:
            StorageError: if the file cannot be written.
            ImportError: for Zarr without the package zarr.
        """
        prediction = self._prepare_kind(
            kind, new_data, dpar, transform, re_formula=re_formula, allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed,
        )  # fmt: skip
        blocks = prediction.blocks(max_memory)
        third = prediction.third(kind, dpar, transform)
        arrays = (self.labelled(b, b.evaluate(kind, dpar=dpar, transform=transform), kind, third) for b in blocks)
        write_blocks(path, arrays, prediction.n)

    def log_lik_blocks(self, max_memory: float | str | None = None) -> Iterator[FloatArray]:
        """Return the log likelihood at the data in blocks of rows, (draws, rows of the block)."""
        for block in prepare(self).blocks(max_memory):
            yield block.evaluate("log_lik")

    def _prepare_kind(
        self, kind: str, new_data: Any, dpar: str | None, transform: bool, *, re_formula: Any,
        allow_new_levels: bool, sample_new_levels: str, ndraws: int | None, draw_ids: Sequence[int] | None,
        seed: int | None,
    ) -> Prediction:  # fmt: skip
        check_question(self.design, kind, dpar, transform)
        return prepare(
            self, new_data, columns_for(kind, dpar), re_formula=re_formula, allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed,
        )  # fmt: skip

    def collect(
        self, prediction: Prediction, evaluate: Callable[[Prediction], FloatArray], name: str,
        max_memory: float | str | None, third: ThirdDimension = _NO_THIRD,
    ) -> xr.DataArray:  # fmt: skip
        """Compute something for all rows, block by block, and return it under a name, dims (chain, draw, obs)."""
        beside = memory_beside(prediction.n * third.size, prediction.ndraws, max_memory)
        values: FloatArray | None = None
        for block in prediction.blocks(beside):
            part = evaluate(block)
            if values is None:
                values = np.empty((prediction.ndraws, prediction.n, *part.shape[2:]))
            values[:, block.start : block.start + block.n] = part
        assert values is not None
        return self.labelled(prediction, values, name, third)

    def labelled(
        self, prediction: Prediction, values: FloatArray, name: str, third: ThirdDimension = _NO_THIRD
    ) -> xr.DataArray:
        """Return (draws, rows) values with dims (chain, draw, obs), and those with a third dimension with that.

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
        dims = ("chain", "draw", "obs", third.name)[: len(shape)]
        if third.labels:
            coords[third.name] = np.asarray(third.labels)
        return xr.DataArray(values.reshape(shape), dims=dims, coords=coords, name=name)


def columns_for(kind: str, dpar: str | None) -> str:
    """Return the kind that needs the same columns: a parameter needs no additions to the response."""
    return "linpred" if kind == "epred" and dpar is not None else kind
