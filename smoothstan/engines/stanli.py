"""The embedded engine: stanli, an interpreter of the Stan language with Stan's own NUTS; no C++ compiler."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import Any, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.codegen import StanProgram
from smoothstan.engines.data import to_json
from smoothstan.engines.draws import RawDraws
from smoothstan.engines.options import SamplingOptions
from smoothstan.engines.progress import chain_bars
from smoothstan.engines.seed import seed_or_random
from smoothstan.errors import CompilationError, OptionError, SamplingError

_UPDATES = 50
_FILTERS = Lock()
"""The filters of warnings are global, and threads that change them at the same time leave them changed."""


@final
class StanliEngine:
    """Translates a program in about 0.05 s and samples it within this process."""

    name: ClassVar[str] = "stanli"

    @classmethod
    def missing(cls) -> str:
        """Return how to install stanli if it is not there."""
        try:
            version("stanli")
        except PackageNotFoundError:
            return "the package stanli is not installed: pip install stanli"
        return ""

    def sample(self, program: StanProgram, options: SamplingOptions) -> RawDraws:
        """Sample within this process, chains in threads; Ctrl-C stops all of them."""
        import stanli

        seed = seed_or_random(options.seed)
        started = time.perf_counter()
        model = _model(program)
        translated = time.perf_counter()
        iterations = options.iter_warmup + options.iter_sampling
        bars = chain_bars(options.chains, iterations) if options.show_progress else nullcontext()
        try:
            with bars:
                fit = model.sample(
                    chains=options.chains, seed=seed, warmup=options.iter_warmup, samples=options.iter_sampling,
                    delta=options.adapt_delta, max_depth=options.max_treedepth, parallel_chains=options.parallel,
                    refresh=max(1, iterations // _UPDATES) if options.show_progress else 0,
                    **_inits(model, options),
                )  # fmt: skip
        except RuntimeError as fault:
            raise SamplingError(_explain(str(fault))) from None
        sampled = time.perf_counter()
        statistics = {name: fit.sampler_stats[:, :, i] for i, name in enumerate(stanli.SAMPLER_COLUMNS)}
        return RawDraws(
            columns=tuple(fit.names),
            values=fit.draws(),
            statistics=statistics,
            engine=f"stanli {version('stanli')}",
            seed=seed,
            seconds={"compile": translated - started, "sample": sampled - translated},
        )

    def log_density(self, program: StanProgram, unconstrained: FloatArray) -> tuple[float, FloatArray]:
        """Return the log density with the Jacobian, and its gradient."""
        value, gradient = _model(program).log_prob_grad(unconstrained)
        return float(value), np.asarray(gradient)

    def log_densities(self, program: StanProgram) -> Callable[[FloatArray], FloatArray]:
        """Return the log density with the Jacobian as a function of (points, size) -> (points,).

        It is minus infinity where the program cannot be evaluated.
        """
        model = _model(program)

        def evaluate(points: FloatArray) -> FloatArray:
            return np.asarray([_log_density(model, point) for point in points])

        return evaluate


def _log_density(model: Any, point: FloatArray) -> float:
    try:
        value = float(model.log_prob_grad(point)[0])
    except RuntimeError:
        return -np.inf
    return -np.inf if np.isnan(value) else value


@lru_cache(maxsize=64)
def _translated(code: str) -> str:
    """Translate a program, which knows no data yet: refits, folds and simulations share it."""
    import stanli

    return str(stanli.stan_to_mir(code))


def _model(program: StanProgram) -> Any:
    """Join a program and its data; refuse one that the interpreter can run only in part."""
    import stanli

    data = to_json(program.data).decode()
    try:
        with _FILTERS, warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            return stanli.Model(mir=_translated(program.code), data=data)
    except RuntimeWarning as note:
        raise CompilationError(
            f"the stanli engine cannot run all of this program; use backend='cmdstan'.\n{note}"
        ) from None
    except RuntimeError as fault:
        raise CompilationError(f"the stanli engine refused the program:\n{fault}") from None


def _inits(model: Any, options: SamplingOptions) -> dict[str, Any]:
    """Return stanli's arguments for starting values."""
    inits = options.inits
    if inits is None:
        return {}
    if isinstance(inits, (int, float)):
        return {"init_radius": float(inits)}
    per_chain = [inits] * options.chains if isinstance(inits, Mapping) else list(inits)
    return {"inits": np.stack([_unconstrain(model, values) for values in per_chain])}


def _unconstrain(model: Any, values: Mapping[str, Any]) -> FloatArray:
    plain = {key: np.asarray(value).tolist() for key, value in values.items()}
    try:
        return np.asarray(model.unconstrain(plain), dtype=float)
    except ValueError as fault:
        raise OptionError(f"inits: {fault} (the stanli engine needs all parameters, within their bounds)") from None


def _explain(message: str) -> str:
    return (
        f"sampling failed: {message}\nCommon causes: a response that the model cannot have at any parameter value, "
        "or starting values outside the support; try inits=0 or narrower priors"
    )
