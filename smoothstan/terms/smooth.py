"""Smooths: ``s(x, bs = "cr", k = 20)`` as fixed columns Xs and random columns Zs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.errors import DataError, FormulaError, NotYetSupported, known, suggestion, underline
from smoothstan.formula import CallArguments, call_arguments
from smoothstan.formula.syntax import Call, Node, deparse
from smoothstan.priors import DefaultScale, PriorSlot
from smoothstan.smooths import BASES, PLANNED, MixedSmooth, mixed_smooth
from smoothstan.table import Table
from smoothstan.terms.expression import Expression, bind_numbers, check_functions
from smoothstan.terms.names import clean_name, prior_dpar, suffix
from smoothstan.terms.term import Addend, BoundTerm, DensePart, Draws, PriorParameter, Variable

_ARGUMENTS = ("k", "bs", "m", "by", "fx", "xt", "id", "sp", "pc")
_DEFAULT_BASIS = "tp"


@dataclass(frozen=True)
class Smooth:
    """One smooth bound to data.

    ``term`` is the text by which brms addresses its prior; ``label`` mgcv's label, e.g. ``s(x)``.
    """

    term: str
    label: str
    covariates: tuple[Expression, ...]
    mixed: MixedSmooth

    @property
    def name(self) -> str:
        """The name of its parameters: ``sx``."""
        return clean_name(self.label)

    @property
    def random_sizes(self) -> tuple[int, ...]:
        """The number of columns of every Zs."""
        return tuple(block.shape[1] for block in self.mixed.random)

    @property
    def fixed_names(self) -> tuple[str, ...]:
        """The names of its columns in Xs."""
        return tuple(f"{self.name}_{i + 1}" for i in range(self.mixed.fixed.shape[1]))

    def columns(self, table: Table) -> tuple[FloatArray, tuple[FloatArray, ...]]:
        """Return Xs and every Zs at the rows of a table."""
        x = np.column_stack([covariate.numbers_at(table) for covariate in self.covariates])
        return self.mixed.columns(x)


@final
@dataclass(frozen=True)
class SmoothTerm(BoundTerm):
    """All smooths of one distributional parameter; their fixed columns share one matrix."""

    dpar: str
    smooths: tuple[Smooth, ...]

    template: ClassVar[str] = "terms/smooth.stan.jinja"

    @property
    def p(self) -> str:
        """The suffix of the Stan names."""
        return suffix(self.dpar)

    @property
    def fixed_names(self) -> tuple[str, ...]:
        """The names of the columns of Xs."""
        return tuple(name for smooth in self.smooths for name in smooth.fixed_names)

    def stan_data(self, table: Table) -> StanData:
        """Return Ks, Xs and, per smooth, nb, knots and Zs."""
        data: StanData = {}
        fixed = []
        for i, smooth in enumerate(self.smooths, start=1):
            xs, zs = smooth.columns(table)
            fixed.append(xs)
            data[f"nb{self.p}_{i}"] = len(zs)
            data[f"knots{self.p}_{i}"] = np.asarray(smooth.random_sizes, dtype=np.int64)
            data |= {f"Zs{self.p}_{i}_{j}": block for j, block in enumerate(zs, start=1)}
        xs = np.column_stack(fixed)
        return data | {f"Ks{self.p}": xs.shape[1], f"Xs{self.p}": xs}

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that it needs."""
        return tuple(name for smooth in self.smooths for e in smooth.covariates for name in e.variables)

    def prior_slots(self, scale: DefaultScale) -> tuple[PriorSlot, ...]:
        """Return rows of the class ``b`` for the fixed columns and of ``sds``."""
        dpar = prior_dpar(self.dpar)
        slots = [PriorSlot("b", dpar=dpar)] if self.fixed_names else []
        slots += [PriorSlot("b", coef=name, dpar=dpar) for name in self.fixed_names]
        slots.append(PriorSlot("sds", dpar=dpar, default=scale.fill("student_t(3, 0, {scale})"), lb=0))
        slots += [PriorSlot("sds", coef=smooth.term, dpar=dpar) for smooth in self.smooths]
        return tuple(slots)

    @property
    def prior_parameters(self) -> tuple[PriorParameter, ...]:
        """The vector ``bs`` and one vector of standard deviations per smooth."""
        dpar, p = prior_dpar(self.dpar), self.p
        parameters = []
        if self.fixed_names:
            addresses = tuple(("b", name, "", dpar) for name in self.fixed_names)
            parameters.append(PriorParameter(f"bs{p}", addresses, tuple(f"bs{p}_{n}" for n in self.fixed_names)))
        for i, smooth in enumerate(self.smooths, start=1):
            count = len(smooth.random_sizes)
            labels = tuple(f"sds{p}_{smooth.name}_{j + 1}" for j in range(count))
            parameters.append(PriorParameter(f"sds{p}_{i}", (("sds", smooth.term, "", dpar),) * count, labels))
        return tuple(parameters)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """``bs_sx_1``, ``sds_sx_1`` and the scaled coefficients ``s_sx_1``."""
        p = self.p
        result = [Variable(f"bs{p}_{name}", (f"bs{p}[{i}]",)) for i, name in enumerate(self.fixed_names, start=1)]
        for i, smooth in enumerate(self.smooths, start=1):
            for j, size in enumerate(smooth.random_sizes, start=1):
                result.append(Variable(f"sds{p}_{smooth.name}_{j}", (f"sds{p}_{i}[{j}]",)))
                name = f"s{p}_{smooth.name}_{j}"
                columns = tuple(f"s{p}_{i}_{j}[{c + 1}]" for c in range(size))
                result.append(Variable(name, columns, (f"{name}_dim",), (tuple(str(c + 1) for c in range(size)),)))
        return tuple(result)

    def dense(self, dpar: str) -> tuple[DensePart, ...]:
        """Return Xs times bs and every Zs times its coefficients."""
        if dpar != self.dpar:
            return ()
        p = self.p
        parts = [DensePart(f"Xs{p}", f"bs{p}", f"Ks{p}")] if self.fixed_names else []
        for i, smooth in enumerate(self.smooths, start=1):
            blocks = range(1, len(smooth.random_sizes) + 1)
            parts += [DensePart(f"Zs{p}_{i}_{j}", f"s{p}_{i}_{j}", f"knots{p}_{i}[{j}]") for j in blocks]
        return tuple(parts)

    def addends(self, dpar: str) -> tuple[Addend, ...]:
        """Return nothing."""
        return ()

    def contribution(self, dpar: str, draws: Draws, table: Table) -> FloatArray | float:
        """Return the sum of the smooths, (draws, rows)."""
        if dpar != self.dpar:
            return 0.0
        total: FloatArray | float = 0.0
        for smooth in self.smooths:
            xs, zs = smooth.columns(table)
            for i, name in enumerate(smooth.fixed_names):
                total = total + draws[f"bs{self.p}_{name}"][:, None] * xs[:, i]
            for j, block in enumerate(zs, start=1):
                total = total + draws[f"s{self.p}_{smooth.name}_{j}"] @ block.T
        return total


def bind_smooths(calls: Sequence[Call], dpar: str, table: Table, text: str) -> SmoothTerm:
    """Bind the smooths of a predictor."""
    smooths = tuple(_bind_smooth(call, table, text) for call in calls)
    for i, smooth in enumerate(smooths):
        if smooth.label in [other.label for other in smooths[:i]]:
            raise FormulaError(f"the smooth {smooth.label} is given twice", text, calls[i].span)
    return SmoothTerm(dpar, smooths)


def _bind_smooth(call: Call, table: Table, text: str) -> Smooth:
    arguments = call_arguments(call, text, _ARGUMENTS)
    if call.function != "s":
        raise NotYetSupported(f"the smooth {call.function}() is not built yet", text, call.span)
    if not arguments.positional:
        raise arguments.error("s() needs a covariate")
    _refuse_unbuilt_options(arguments)
    basis_name = str(arguments.constant("bs", _DEFAULT_BASIS))
    if basis_name in PLANNED:
        raise NotYetSupported(
            f'the basis bs = "{basis_name}" is not built yet (built: {known(BASES)}); write bs = "cr"',
            text, arguments.named["bs"].span if "bs" in arguments.named else call.span,
        )  # fmt: skip
    if basis_name not in BASES:
        raise arguments.error(
            f"unknown basis {basis_name!r}{suggestion(basis_name, BASES)} (known: {known(BASES)})",
            arguments.named["bs"],
        )
    kind = BASES[basis_name]
    k = arguments.integer("k", kind.default_k, kind.minimum_k)
    for node in arguments.positional:
        check_functions(node, text)
    bound = [bind_numbers(node, table, text) for node in arguments.positional]
    x = np.column_stack([values for _, values in bound])
    _refuse_too_few(x, k, call, arguments.positional, text)
    try:
        placed = kind(k).place(x)
    except ValueError as fault:
        raise DataError(f"{deparse(call)}: {fault}\n{underline(text, call.span)}") from None
    label = f"s({','.join(deparse(node) for node in arguments.positional)})"
    return Smooth(deparse(call), label, tuple(e for e, _ in bound), mixed_smooth(placed, x))


def _refuse_too_few(x: FloatArray, k: int, call: Call, covariates: tuple[Node, ...], text: str) -> None:
    distinct = len(np.unique(x, axis=0)) if x.shape[1] > 1 else len(np.unique(x[:, 0]))
    if distinct < k:
        names = ", ".join(deparse(node) for node in covariates)
        only = "is constant" if distinct == 1 else f"has only {distinct} distinct values"
        raise DataError(
            f"{names} {only}, but k = {k} needs at least {k}; lower k or leave the smooth out\n"
            f"{underline(text, call.span)}"
        )


def _refuse_unbuilt_options(arguments: CallArguments) -> None:
    defaults: dict[str, tuple[Any, ...]] = {
        "by": (None,), "fx": (False,), "m": (None,), "xt": (None,), "id": (None,), "sp": (None,), "pc": (None,),
    }  # fmt: skip
    for name, allowed in defaults.items():
        node = arguments.named.get(name)
        if node is not None and (deparse(node) not in ("NA", "NULL", "FALSE", "F") or _other(arguments, name, allowed)):
            raise NotYetSupported(
                f"the option {name} = {deparse(node)} of s() is not built yet", arguments.text, node.span
            )


def _other(arguments: CallArguments, name: str, allowed: tuple[Any, ...]) -> bool:
    return arguments.constant(name, None) not in allowed
