"""How additions to the response enter the likelihood: weights, censoring, truncation, known errors, rates.

Everything is a vector expression: rows that are censored in the same way form a set, at which the family's density or
distribution function is evaluated at once.  Stan's own distribution functions underflow in the tails, some have
derivatives of few digits, and all return the sum over the rows, so the program brings its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from smoothstan.codegen.environment import macro_names, rendered
from smoothstan.codegen.names import Names
from smoothstan.design import Design
from smoothstan.numerals import format_number
from smoothstan.terms import AuxiliaryTerm


@dataclass(frozen=True)
class RowSet:
    """Rows that the likelihood treats alike: a Stan array of their numbers, and the expression that finds them."""

    name: str
    rows: str


@dataclass(frozen=True)
class CdfRows:
    """A distribution function row by row: the text of its Stan functions.

    ``between`` says that the probability of an interval is needed.
    """

    name: str
    response: str
    kinds: tuple[str, ...]
    between: bool

    @property
    def letters(self) -> str:
        """The arguments after the response."""
        return ", ".join("abcd"[: len(self.kinds)])

    @property
    def parameters(self) -> str:
        """The arguments after the response with their types."""
        return ", ".join(f"{kind} {letter}" for kind, letter in zip(self.kinds, "abcd", strict=False))


@dataclass(frozen=True)
class Increment:
    """What is added to the target; ``rows`` names the row set without which there is nothing to add, or is empty."""

    expression: str
    rows: str = ""


_CENSORED = {"event": 0, "left": -1, "right": 1, "interval": 2}
_BOUNDED = {"cut_below": (1, 0), "cut_above": (0, 1), "cut_both": (1, 1)}


@dataclass(frozen=True)
class Observed:
    """The additions of a model as its likelihood needs them.

    Args:
        template: the template of the family.
        cdf: Stan's name of the distribution function.
        discrete: whether the response is a whole number.
        support: the smallest and the largest value of the response, infinite if it has none.
        names: what the family's macros place: Stan expressions of the response and the parameters.
        fields: the columns that the additions have.
    """

    template: str
    cdf: str
    discrete: bool
    support: tuple[float, float]
    names: Names
    fields: frozenset[str]

    @classmethod
    def of(cls, design: Design) -> Observed:
        """Collect the additions of a model."""
        fields = design.response.fields
        family = design.family.of_rates() if "denom" in fields else design.family
        template = f"families/{family.name}.stan.jinja"
        names = {"y": "Y", "trials": "trials", "n_rows": "N"}
        names |= {t.name: t.expression for t in design.terms if isinstance(t, AuxiliaryTerm)}
        names |= {dpar: dpar for dpar in design.predicted}
        equal = dict(design.formula.equal)
        names |= {dpar: names[other] for dpar, other in equal.items()}
        names |= {supply.name: supply.expression for supply in design.supplies}
        if design.family.joint_link:
            names["link"] = design.family.link("mu").name
        vectors = {"y", "trials", *design.predicted, *(d for d, other in equal.items() if other in design.predicted)}
        if (errors := design.response.addition("se")) is not None:
            names["sigma"] = "sqrt(square(sigma) + square(se))" if "sigma" in errors.switched else "se"
            vectors.add("sigma")
        if "denom" in fields and "shape" in (p.name for p in family.parameters):
            names["shape"] = "(shape .* denom)" if "shape" in names else "denom"
            vectors.add("shape")
        if "row_constants" in macro_names(template):
            constants = rendered(template, "row_constants").split()
            names |= {name: name for name in constants}
            vectors |= set(constants)
        return cls(template, family.cdf, family.discrete, family.support, Names(names, vectors), fields)

    @property
    def plain(self) -> bool:
        """Whether the family's own density of all rows is the likelihood."""
        return not self.fields & {"weights", "cens", "lb", "ub"}

    @property
    def form(self) -> str:
        """The macro whose variant for a link takes the linear predictor itself; empty where the mean is needed."""
        if self.plain:
            return "density"
        return "" if self.bounded or "weighted" in macro_names(self.template) else "pointwise"

    @property
    def numbers(self) -> bool:
        """Whether the parameters beside the mean are numbers where Stan's GLM primitives need numbers."""
        return "shape" not in self.names.vectors

    @property
    def bounded(self) -> bool:
        """Whether the distribution function is needed."""
        return bool(self.fields & {"cens", "lb", "ub"})

    @property
    def edges(self) -> bool:
        """Whether lower bounds must be lowered by one."""
        return self.discrete and "lb" in self.fields

    @property
    def row_sets(self) -> tuple[RowSet, ...]:
        """The rows by kind of censoring, and by the bounds that cut something off."""
        found = {name: f"which_rows(to_vector(cens), {code}, 1)" for name, code in self._censored.items()}
        low = "to_vector(lb)" if "lb" in self.fields else "rep_vector(negative_infinity(), N)"
        high = "to_vector(ub)" if "ub" in self.fields else "rep_vector(positive_infinity(), N)"
        lowest, highest = (_stan_number(value) for value in self.support)
        for name, (below, above) in self._bounded.items():
            found[name] = f"which_bounded({low}, {high}, {lowest}, {highest}, {below}, {above})"
        return tuple(RowSet(name, rows) for name, rows in found.items())

    @property
    def _censored(self) -> Mapping[str, int]:
        if "cens" not in self.fields:
            return {}
        return {name: code for name, code in _CENSORED.items() if code != 2 or "rcens" in self.fields}

    @property
    def _bounded(self) -> Mapping[str, tuple[int, int]]:
        given = ("lb" in self.fields, "ub" in self.fields)
        return {
            name: cut
            for name, cut in _BOUNDED.items()
            if any(given) and all(g or not c for g, c in zip(given, cut, strict=True))
        }

    def on_log_scale(self, link: str) -> list[str]:
        """Return what the denominators of a rate add to a linear predictor with a log link."""
        return ["log(denom)"] if "denom" in self.fields and link == "log" else []

    def at(self, link: str) -> Names:
        """Return the names with the mean of a rate: on the scale of ``link``, or the natural one if it is empty."""
        if "denom" not in self.fields:
            return self.names
        return self.names.having(mu="(mu + log(denom))" if link == "log" else "(mu .* denom)")

    def matrix_of_predictors(self) -> Names:
        """Return the names with ``mu`` as the matrix of the linear predictors, a column per category."""
        return Names({**self.names, "mu": "mu"}, {*self.names.vectors, "mu"})

    def known_rows(self, names: Names) -> Names:
        """Return the names of the rows whose responses are known, rather than an interval that holds them."""
        return names.at("event").having(n_rows="size(event)") if self._censored else names

    def increments(self, names: Names, link: str = "") -> tuple[Increment, ...]:
        """Return what is added to the target for weighted, censored or truncated responses.

        With a ``link`` the names have the linear predictor in place of the mean.
        """
        found = (*self._observations(names, link), *self._normalisers(names))
        # stanli refuses a distribution function of an empty array of whole numbers.
        whole = self.discrete or "row_sets" in macro_names(self.template)
        return tuple(Increment(text, rows if whole else "") for rows, text in found)

    def _observations(self, names: Names, link: str) -> Iterator[tuple[str, str]]:
        if not self._censored and self._weighted and "weighted" in macro_names(self.template):
            yield "", rendered(self.template, "weighted", names.having(weights="weights"))
            return
        if not self._censored:
            form = "pointwise" if self._weighted else "density"
            yield "", self._sum(f"{form}_{link}" if link else form, names, "")
            return
        for rows, code in self._censored.items():
            here = names.at(rows)
            if code == 0:
                yield rows, self._sum("pointwise" if self._weighted else "density", self.known_rows(names), rows)
            elif code == 2:
                yield rows, self._between(here, here.having(y=f"rcens[{rows}]"), rows)
            else:
                yield rows, self._tail("lcdf" if code == -1 else "lccdf", here, rows)

    def _between(self, low: Names, high: Names, rows: str) -> str:
        return self._placed(self._rows("between", rows, low, high), rows)

    def _normalisers(self, names: Names) -> Iterator[tuple[str, str]]:
        for rows, (below, above) in self._bounded.items():
            low = names.having(y="edge" if self.edges else "lb").at(rows)
            high = names.having(y="ub").at(rows)
            if below and above:
                yield rows, f"-{self._between(low, high, rows)}"
            else:
                yield rows, f"-{self._tail('lccdf', low, rows) if below else self._tail('lcdf', high, rows)}"

    @property
    def _weighted(self) -> bool:
        return "weights" in self.fields

    def _sum(self, macro: str, names: Names, rows: str) -> str:
        text = rendered(self.template, macro, names)
        return text if macro == "density" else self._placed(text, rows)

    def _placed(self, vector: str, rows: str) -> str:
        """Return the sum of a vector of rows, weighted if there are weights."""
        if not self._weighted:
            return f"sum({vector})"
        return f"dot_product(weights{f'[{rows}]' if rows else ''}, {vector})"

    def _tail(self, tail: str, names: Names, rows: str) -> str:
        return self._placed(self._rows(tail, rows, names), rows)

    def _rows(self, function: str, rows: str, *places: Names) -> str:
        """Return a distribution function, or its increase from one place to another, as a vector of rows."""
        split = [_split(rendered(self.template, "cdf", names)) for names in places]
        vectors = (a if _is_whole(a) else f"as_rows({a}, size({rows}))" for a in split[0][1])
        text = f"{self.cdf}_{function}_rows({', '.join((*(y for y, _ in split), *vectors))})"
        mixture = "at_most" if function == "lcdf" else "above"
        return rendered(self.template, mixture, places[0], text) if mixture in macro_names(self.template) else text

    def cdf_rows(self, names: Names) -> CdfRows | None:
        """Return the distribution function row by row, or None if it is not needed."""
        if not self.bounded:
            return None
        _, arguments = _split(rendered(self.template, "cdf", names))
        kinds = tuple("array[] int" if _is_whole(a) else "vector" for a in arguments)
        response = "array[] int" if self.discrete else "vector"
        between = any("_between_rows(" in increment.expression for increment in self.increments(names))
        return CdfRows(self.cdf, response, kinds, between)


def _stan_number(value: float) -> str:
    if np.isinf(value):
        return "positive_infinity()" if value > 0 else "negative_infinity()"
    return format_number(value)


def _is_whole(argument: str) -> bool:
    """Return whether an argument of a distribution function is an array of whole numbers."""
    return argument.startswith("trials")


def _split(text: str) -> tuple[str, list[str]]:
    """Split ``y | a, f(b, c)`` into the response and its arguments."""
    y, _, rest = text.partition(" | ")
    arguments, depth, start = [], 0, 0
    for i, character in enumerate(rest):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            arguments.append(rest[start:i].strip())
            start = i + 1
    return y, [*arguments, rest[start:].strip()]
