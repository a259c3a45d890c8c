"""brms's answers about given draws: ``tests/reference/brms_posterior``, layout in its README.

``load_case(name).posterior`` is a fit with the recorded draws that nothing sampled;
``answers("hypothesis")`` are the recorded calls of one function, over all cases.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from pathlib import Path
from typing import Any, ClassVar
from unittest import mock

import numpy as np
import pandas as pd

import smoothstan as ss
from smoothstan.arrays import FloatArray
from smoothstan.codegen import StanProgram
from smoothstan.design import Design, build_design
from smoothstan.engines import RawDraws, SamplingOptions
from smoothstan.errors import DataWarning, SamplingWarning
from smoothstan.families import FAMILIES, Family
from smoothstan.formula import parse_formula
from smoothstan.smooths import dense
from smoothstan.terms import SmoothOptions, SmoothTerm, Variable

FOLDER = Path(__file__).parents[1] / "reference" / "brms_posterior"
CASES = sorted(
    path.stem.removeprefix("case_")
    for path in FOLDER.glob("case_*.json")
    if json.loads(path.read_text())["family"].partition("-")[0] in FAMILIES
)
RADON = ("radon_varying", "radon_floor", "radon_mean")
"""The cases of ``record_loo.R``: three models of the radon data."""

_STATISTICS = {
    "accept_stat__": 0.9, "stepsize__": 0.5, "treedepth__": 3.0, "n_leapfrog__": 7.0, "divergent__": 0.0,
    "energy__": 100.0,
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """One recorded call: ``function`` of a fit with ``arguments``, its ``part`` if one was taken, and the answer."""

    case: str
    call: str
    function: str
    part: str | None
    arguments: Mapping[str, Any]
    value: Any

    @property
    def id(self) -> str:
        """The name of the test."""
        return f"{self.case}: {self.call}"

    def has_only(self, *names: str) -> bool:
        """Whether no argument was given besides these."""
        return set(self.arguments) <= set(names)


@dataclass(frozen=True)
class Case:
    """A model with recorded draws and answers."""

    name: str
    stored: Mapping[str, Any]

    @property
    def data(self) -> pd.DataFrame:
        """The rows of the fit."""
        return frame(self.stored.get("data", "data"))

    @property
    def data2(self) -> dict[str, Any]:
        """The covariance matrices that the formula names."""
        stored = self.stored.get("data2", {})
        return {name: (np.asarray(matrix["values"]), matrix["names"]) for name, matrix in stored.items()}

    @property
    def formula(self) -> tuple[str, ...]:
        """The formulas, that of the response first."""
        return tuple(self.stored["formula"])

    @property
    def family(self) -> Family:
        """The response family with its link."""
        name, *link = self.stored["family"].split("-")
        if name == "categorical":
            return ss.family(name, refcat=link[0] if link else None)
        return ss.family(name, *link)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What was asked, in order."""
        return tuple(
            Answer(self.name, a["call"], a["function"], a["part"], a["arguments"], a["value"])
            for a in self.stored["answers"]
            if "error" not in a
        )

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of chains and of draws in each."""
        return self.stored["chains"], self.stored["iterations"]

    @cached_property
    def recorded(self) -> dict[str, FloatArray]:
        """brms's name of every element -> (chains, draws), as brms has them."""
        return {name: np.asarray(values).reshape(self.shape) for name, values in self.stored["draws"].items()}

    @cached_property
    def moved(self) -> dict[str, FloatArray]:
        """The coefficients of smooths that differ from brms's, because the columns are rotated."""
        options = SmoothOptions.of(None, self.data2)
        design = build_design(parse_formula(self.formula), self.data, self.family, options)
        terms = [term for term in design.terms if isinstance(term, SmoothTerm)]
        found = [_in_own_columns(term, design, self.stored["smooth_columns"], self.recorded) for term in terms]
        return {name: values for term in found for name, values in term.items()}

    @cached_property
    def posterior(self) -> ss.Posterior:
        """A fit with the recorded draws."""
        engine = _RecordedDraws(self.recorded | self.moved)
        with mock.patch("smoothstan.api.choose_engine", return_value=engine), warnings.catch_warnings():
            warnings.simplefilter("ignore", SamplingWarning)
            warnings.simplefilter("ignore", DataWarning)
            return ss.brm(
                self.formula, self.data, family=self.family, data2=self.data2,
                chains=self.shape[0], iter_warmup=0, iter_sampling=self.shape[1],
            )  # fmt: skip


@dataclass(frozen=True)
class _RecordedDraws:
    """An engine whose draws are there already, by their names in the posterior."""

    draws: Mapping[str, FloatArray]
    name: ClassVar[str] = "recorded"

    def sample(self, program: StanProgram, options: SamplingOptions) -> RawDraws:
        """Return the draws of the program's variables under their Stan names."""
        columns: dict[str, FloatArray] = {}
        # brms's program computes disc where it is not predicted; the draws hold parameters only.
        draws = {"disc": np.ones_like(self.draws["lp__"]), **self.draws}
        for variable in program.variables:
            columns |= zip(variable.columns, [draws[name] for name in elements(variable)], strict=True)
        statistics = {name: np.full_like(self.draws["lp__"], value) for name, value in _STATISTICS.items()}
        statistics["lp__"] = self.draws["lp__"]
        return RawDraws(tuple(columns), np.stack(list(columns.values()), axis=-1), statistics, "recorded", seed=1)


def elements(variable: Variable) -> list[str]:
    """Return brms's name of every element of a posterior variable; brms writes a dot for a space in a level."""
    if not variable.dims:
        return [variable.name]
    labels = [[label.replace(" ", ".") for label in axis] for axis in variable.coords]
    return [f"{variable.name}[{','.join(element)}]" for element in product(*labels)]


def _in_own_columns(
    term: SmoothTerm, design: Design, theirs: Mapping[str, Any], draws: Mapping[str, FloatArray]
) -> dict[str, FloatArray]:
    """Return coefficients for which our columns of the smooths give brms's functions, where the columns differ.

    They are unique up to a rotation, so both must span the same space; anything else is an error.
    """
    xs, found = [], {}
    for numbered in term.numbered:
        columns, rows = numbered.smooth.columns(design.table)
        where = np.arange(design.n) if rows is None else rows
        xs.append(_at_rows(columns.fixed, where, design.n))
        for j, block in enumerate(columns.random, start=1):
            z = _at_rows(dense(block), where, design.n)
            names = [f"s{term.p}_{numbered.smooth.name}_{j}[{c + 1}]" for c in range(z.shape[1])]
            found |= _rotated(z, theirs[f"Zs{numbered.i}_{j}"], names, draws)
    if term.fixed_names:
        names = [f"bs{term.p}_{name}" for name in term.fixed_names]
        found |= _rotated(np.column_stack(xs), theirs[f"Xs{term.p}"], names, draws)
    return found


def _at_rows(columns: FloatArray, rows: Any, n: int) -> FloatArray:
    full = np.zeros((n, columns.shape[1]))
    full[rows] = columns
    return full


def _rotated(
    ours: FloatArray, stored: Sequence[Any], names: Sequence[str], draws: Mapping[str, FloatArray]
) -> dict[str, FloatArray]:
    theirs = np.asarray(stored, dtype=float)
    scale = np.abs(theirs).max()
    if np.allclose(ours, theirs, rtol=0, atol=1e-11 * scale):
        return {}
    change = np.linalg.lstsq(ours, theirs, rcond=None)[0]
    np.testing.assert_allclose(ours @ change, theirs, rtol=0, atol=1e-11 * scale)
    moved = np.stack([draws[name] for name in names], axis=-1) @ change.T
    return {name: moved[..., i] for i, name in enumerate(names)}


@cache
def load_case(name: str) -> Case:
    """Return a case; the same object every time, so that its posterior is made once."""
    return Case(name, read(name if name in RADON else f"case_{name}"))


def read(stem: str) -> Any:
    """Read one of the recorded files."""
    return json.loads((FOLDER / f"{stem}.json").read_text())


def differs(answer: Answer) -> bool:
    """Whether brms 2.18 answers otherwise than its own Stan program: ``test_brms_truncation`` and ``_weights`` say how.

    Its log_lik forgets the bounds of truncation, and its mean of a truncated count leaves out the lower bound.  Two of
    its censored families lose the digits of small tails.  It scales the weights of new rows by themselves.
    """
    formula = load_case(answer.case).formula[0]
    if "scale = TRUE" in formula:
        return answer.function == "log_lik" and "newdata" in answer.arguments
    if "cens(" in formula and load_case(answer.case).family.name in ("inverse.gaussian", "skew_normal"):
        return answer.function == "log_lik"
    if "trunc(" not in formula:
        return False
    counts = "lb" in load_case(answer.case).formula[0] and load_case(answer.case).family.discrete
    return answer.function == "log_lik" or (counts and answer.function in ("posterior_epred", "fitted", "residuals"))


def answers(function: str, part: str | None = None, cases: Sequence[str] = tuple(CASES)) -> Iterator[Answer]:
    """Return the recorded calls of one of brms's functions over some cases, by default all but the radon models."""
    for name in cases:
        found = (a for a in load_case(name).answers if a.function == function and a.part == part)
        yield from (a for a in found if not differs(a))


@cache
def frame(name: str) -> pd.DataFrame:
    """Return a table: ``data``, ``new``, ``unseen`` with new levels, ``radon``, those of the families or of groups."""
    if name == "radon":
        return ss.load_dataset("radon")
    columns = {}
    files = {"famil": "families", "group_": "group_data"}
    file = next((files[start] for start in files if name.startswith(start)), "data")
    for column, stored in read(file)[name].items():
        values = stored["values"]
        if "levels" in stored:
            values = pd.Categorical(values, categories=stored["levels"], ordered=stored["kind"] == "ordered")
        elif stored["kind"] == "logical":
            values = pd.array(values, dtype="boolean")
        elif stored["kind"] == "integer":
            values = pd.array(values, dtype="Int64")
        columns[column] = values
    return pd.DataFrame(columns)


_UNNUMBERS = {"NA": np.nan, "NaN": np.nan, "Inf": np.inf, "-Inf": -np.inf}


def numbers(stored: Any) -> FloatArray:
    """Return a recorded vector, nested list or array with names; R's missing and infinite numbers are Python's."""
    stored = stored["values"] if isinstance(stored, Mapping) else stored
    objects = np.asarray(stored, dtype=object)
    return np.vectorize(lambda v: _UNNUMBERS.get(v, v) if isinstance(v, str) else v, otypes=[float])(objects)


def table(stored: Mapping[str, Any]) -> pd.DataFrame:
    """Return a recorded matrix with names, or a data frame, as a table."""
    if "columns" in stored:
        return pd.DataFrame({name: _column(values) for name, values in stored["columns"].items()}, stored["rows"])
    return pd.DataFrame(numbers(stored["values"]), stored["rows"], stored["names"])


def _column(values: Sequence[Any]) -> Any:
    known = [v for v in values if not (isinstance(v, str) and v in _UNNUMBERS)]
    return list(values) if any(isinstance(v, str | bool) for v in known) else numbers(values)
