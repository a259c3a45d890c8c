"""Every family with its links, predicted parameters and additions to the response, and data that it can have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

import smoothstan as ss
from smoothstan.families import FAMILIES, Family, Response

N = 24


@dataclass(frozen=True)
class Form:
    """A family with its links, the parameters that are predicted, and the additions to the response.

    ``own`` are those that the main formula could predict but that have a formula of their own.
    """

    family: Family
    predicted: tuple[str, ...]
    additions: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    def __str__(self) -> str:
        links = "-".join(self.family.link(dpar).name for dpar in self.predicted)
        names = self.predicted if self.family.by_category else ()
        return f"{self.family.name}-{links}{'-'.join(('', *names, *self.additions, *self.own))}"

    @property
    def formula(self) -> Any:
        additions = [*(["trials(n)"] if "trials" in self.family.required_additions else []), *self.additions]
        left = "y | " + " + ".join(additions) if additions else "y"
        others = (dpar for dpar in self.predicted if dpar not in self.family.main or dpar in self.own)
        return ss.bf(f"{left} ~ x", *(f"{dpar} ~ x" for dpar in others))


WEIGHTS = "weights(w)"
CATEGORIES = ("a", "b", "c")
OBSERVATIONS = {
    "cens": (
        ("cens(c)",), ("cens(c, u)",), ("cens(c, y2 = u)", WEIGHTS), ("cens(d)", "trunc(lb = low)"),
    ),
    "trunc": (
        ("trunc(lb = low)",), ("trunc(ub = high)",), ("trunc(low, high)",), ("trunc(low, high)", WEIGHTS),
        ("trunc(lb = low)", WEIGHTS), ("trunc(ub = high)", WEIGHTS), ("trunc(low, high)", "cens(c, u)", WEIGHTS),
    ),
    "se": (("se(w)",), ("se(w, sigma = TRUE)",), ("se(w, sigma = TRUE)", WEIGHTS), ("se(w)", "cens(c)")),
    "rate": (("rate(w)",), ("rate(w)", WEIGHTS), ("rate(w)", "cens(c, u)")),
}  # fmt: skip


WITH_ZEROS = (
    ("cens(c)",), ("cens(c, u)",), ("cens(c, u)", WEIGHTS), ("trunc(ub = high)",), ("trunc(lb = low)",),
    ("trunc(low, high)", WEIGHTS), ("cens(c, u)", "trunc(low, high)", WEIGHTS), ("cens(d)", "trunc(lb = low)"),
)  # fmt: skip


def forms() -> Iterator[Form]:
    for kind in FAMILIES.values():
        if kind.ordered:  # these have a file of their own
            continue
        family = kind.create({})
        if family.by_category or family.bound(CATEGORIES).by_category:
            yield from forms_of_categories(family)
            continue
        for link in kind.parameters[0].links:
            yield Form(kind.create({"mu": link}), ("mu",))
            if "rate" in kind.optional_additions:
                yield Form(kind.create({"mu": link}), ("mu",), ("rate(w)",))
        yield Form(family, ("mu",), (WEIGHTS,))
        names = tuple(p.name for p in kind.parameters)
        if len(names) > 1:
            yield from (Form(family, names, additions) for additions in ((), (WEIGHTS,)))
        for parameter in kind.parameters[1:]:
            for link in parameter.links[1:]:
                yield Form(kind.create({parameter.name: link}), ("mu", parameter.name))
        if hasattr(kind, "base"):  # the tails of the other family are among the forms of that family
            yield from (Form(family, names if i % 2 else ("mu",), a) for i, a in enumerate(WITH_ZEROS))
            continue
        for addition in kind.optional_additions:
            for additions in OBSERVATIONS.get(addition, ()):
                yield Form(family, ("mu",), additions)
                if len(names) > 1 and addition != "se":
                    yield Form(family, names, additions)


def forms_of_categories(family: Family) -> Iterator[Form]:
    for reference in (None, "b", "NA"):
        bound = replace(family, refcat=reference).bound(CATEGORIES)
        for additions in ((), (WEIGHTS,)):
            yield Form(bound, bound.main, additions)
            yield Form(bound, bound.main, additions, own=bound.main[-1:])


FORMS = {str(form): form for form in forms()}


def natural(name: str, family: Family) -> float:
    """A value in the middle of a parameter's range."""
    bounded = {"quantile": 0.3, "nu": 4.0, "ndt": 0.02, "alpha": 1.5, "zi": 0.2, "hu": 0.3, "zoi": 0.4, "coi": 0.6}
    if name == "mu":
        return 0.4 if family.log_scale or "logit" in family.parameters[0].links else 2.5
    return bounded.get(name, 1.4)


def table(form: Form) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw a response that the family can have."""
    rng = np.random.default_rng(5)
    family, x = form.family, rng.uniform(-1, 1, size=N)
    data = {"x": x, "w": rng.uniform(0.2, 2, size=N), "n": rng.integers(5, 12, size=N)}
    values = {p.name: np.full((1, N), natural(p.name, family)) for p in family.parameters}
    additions = Response("y", np.zeros(N), trials=np.asarray(data["n"], dtype=float))
    y = family.draw(rng, values, additions)[0]
    if family.binary:
        y[:2] = 0, 1
    if family.categorical:
        y[:3] = 1, 2, 3
    if "trials" in family.required_additions:
        y = np.minimum(y, additions.trials - 1)  # more than all of the trials is impossible
    if family.name == "zero_one_inflated_beta":
        y[:4] = 0, 1, 1, 0
    data |= {"y": y.astype(int) if family.discrete else y, "c": np.resize([0, -1, 1, 2, 0], N)}
    if family.categorical:
        data["y"] = np.asarray(CATEGORIES)[y.astype(int) - 1]
    data |= {"d": np.resize(["none", "right", "left"], N)}
    if not any("u" in addition for addition in form.additions):
        data["c"] = np.where(data["c"] == 2, 0, data["c"])
    step = 1 if family.discrete else 0.02 if family.parameters[0].links[0] == "logit" else 0.4
    low = np.maximum(y - rng.integers(0, 3, size=N) * step, 0.0) if y.min() >= 0 else y - 0.5
    return pd.DataFrame(data | {"u": y + step, "low": low, "high": y + 2 * step}), x
