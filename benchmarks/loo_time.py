"""How long leave-one-out cross-validation takes from a log-likelihood matrix, beside ArviZ and R's loo."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.answering_process import AnsweringProcess, r_version
from benchmarks.markdown import markdown_table
from benchmarks.timing import elapsed
from smoothstan.arrays import FloatArray
from smoothstan.posterior.loo import loo_of_blocks

_SEED = 20240415
_CHAINS, _DRAWS = 4, 1000
_ROWS = (1_000, 5_000)
_REPEATS = 3
_BLOCK = 500
_LIMIT = 300.0
_TEXT = (
    f"Processor seconds of PSIS-LOO of {_CHAINS * _DRAWS:,} draws, best of {_REPEATS}; in brackets how many times as "
    "long as smoothstan. smoothstan and R estimate the relative efficiency of every row, ArviZ takes one for all. "
)


def run() -> str:
    """Measure all sizes with everything that can run."""
    version = r_version("loo")
    header = ("rows", "smoothstan", "ArviZ", *(("R's loo",) if version else ()))
    return f"{_TEXT}{version or 'R with loo was not found'}.\n\n{markdown_table(header, _rows(bool(version)))}"


def _rows(with_r: bool) -> Iterator[tuple[str, ...]]:
    for n in _ROWS:
        log_lik = _log_lik(n)
        own = _best(_own(log_lik))
        others = [_best(_arviz(log_lik)), *([_r_seconds(log_lik)] if with_r else [])]
        yield (f"{n:,}", f"{own:.2f}", *(f"{seconds:.2f} ({seconds / own:.1f})" for seconds in others))


def _log_lik(n: int) -> FloatArray:
    """Return log likelihoods of normal responses, (rows, chains, draws), with light and heavy tails."""
    rng = np.random.default_rng(_SEED)
    scale, shift = rng.gamma(0.5, 1, (n, 1, 1)), rng.standard_normal((n, 1, 1))
    return np.asarray(-0.9 - 0.5 * scale * (shift + rng.standard_normal((n, _CHAINS, _DRAWS))) ** 2)


def _best(work: Callable[[], object]) -> float:
    return min(elapsed(work).processor for _ in range(_REPEATS))


def _own(log_lik: FloatArray) -> Callable[[], object]:
    parts = range(0, len(log_lik), _BLOCK)
    blocks = [np.ascontiguousarray(log_lik[i : i + _BLOCK].reshape(-1, _CHAINS * _DRAWS).T) for i in parts]
    return lambda: loo_of_blocks(blocks, _CHAINS, _DRAWS)


def _arviz(log_lik: FloatArray) -> Callable[[], object]:
    import arviz_stats
    from arviz_base import from_dict

    groups = {"log_likelihood": {"y": log_lik.transpose(1, 2, 0)}, "posterior": {"mu": log_lik[0]}}
    tree = from_dict(groups)

    def work() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            arviz_stats.loo(tree)

    return work


def _r_seconds(log_lik: FloatArray) -> float:
    with tempfile.TemporaryDirectory() as folder, AnsweringProcess(("Rscript", "--vanilla"), "loo_time.R") as process:
        file = Path(folder) / "log_lik"
        log_lik.tofile(file)
        size = (str(_CHAINS), str(_DRAWS), str(len(log_lik)))
        # R reads with the first dimension fastest: draws, chains, rows.
        found = [process.seconds(str(file), *size, limit=_LIMIT) for _ in range(_REPEATS)]
    return min(seconds for seconds in found if seconds is not None)
