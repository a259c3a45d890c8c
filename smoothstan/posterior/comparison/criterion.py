"""What estimates of predictive accuracy have in common: one value per observation, their sum and its error."""

from __future__ import annotations

from abc import ABC, abstractmethod
from hashlib import blake2b
from html import escape
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.design import Design

if TYPE_CHECKING:
    import pandas as pd


class Criterion(ABC):
    """An estimate of the expected log predictive density of new data, observation by observation.

    ``kind`` names it (``"loo"``), ``information`` the same on the scale of the deviance (``"looic"``); ``response``
    identifies the response values, so that models of different data are not compared.
    """

    kind: ClassVar[str]
    information: ClassVar[str]
    elpd_i: FloatArray
    response: str

    @property
    @abstractmethod
    def p_i(self) -> FloatArray:
        """The effective number of parameters, (rows,): the log density of the data, less ``elpd_i``."""

    @property
    @abstractmethod
    def header(self) -> str:
        """The first line of its print."""

    @property
    @abstractmethod
    def notes(self) -> tuple[str, ...]:
        """The lines below its table."""

    @property
    def n(self) -> int:
        """The number of values that are summed."""
        return len(self.elpd_i)

    @property
    def elpd(self) -> float:
        """The expected log pointwise predictive density."""
        return float(self.elpd_i.sum())

    @property
    def p(self) -> float:
        """The effective number of parameters."""
        return float(self.p_i.sum())

    @property
    def ic(self) -> float:
        """-2 elpd."""
        return -2 * self.elpd

    @property
    def estimates(self) -> pd.DataFrame:
        """Estimate and SE of the three sums; the standard error is sqrt(n) times the deviation of the values."""
        import pandas as pd

        error = standard_error(self.elpd_i)
        rows = [(self.elpd, error), (self.p, standard_error(self.p_i)), (self.ic, 2 * error)]
        return pd.DataFrame(rows, index=self.labels, columns=["Estimate", "SE"])

    @property
    def labels(self) -> list[str]:
        """The names of the three sums."""
        return [f"elpd_{self.kind}", f"p_{self.kind}", self.information]

    def __str__(self) -> str:
        table = self.estimates.to_string(float_format=lambda v: f"{v:.1f}")
        return "\n".join([self.header, "", table, *self.notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table = self.estimates.to_html(float_format=lambda v: f"{v:.1f}", border=0)
        notes = "".join(f"<pre>{escape(note)}</pre>" for note in self.notes if note.strip("-"))
        return f"<p>{escape(self.header)}</p>{table}{notes}"


def standard_error(values: FloatArray) -> float:
    """Return the standard error of a sum, sqrt(n) times the standard deviation; NaN for one value."""
    return float(np.sqrt(len(values)) * np.std(values, ddof=1)) if len(values) > 1 else float("nan")


def log_mean_exp(values: FloatArray, axis: int = 0) -> FloatArray:
    """Return the log of the mean of exponentials along an axis."""
    from scipy.special import logsumexp

    return np.asarray(logsumexp(values, axis=axis) - np.log(values.shape[axis]))


def response_of(design: Design) -> str:
    """Return a text that is the same for two models only if they have the same response and additions, row by row."""
    observed = design.observed
    digest = blake2b(digest_size=12)
    for name, values in (("y", observed.y), ("trials", observed.trials), ("weights", observed.weights)):
        if values is not None:
            digest.update(name.encode() + np.ascontiguousarray(values, dtype=float).tobytes())
    return digest.hexdigest()
