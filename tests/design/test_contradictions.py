"""Responses that their own censoring or truncation makes impossible are refused before anything is sampled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import DataError, FamilyError

N = 6
COUNTS, SHARES = np.array([0, 1, 4, 2, 0, 3]), np.array([0.1, 0.2, 0.9, 0.4, 0.5, 0.3])


def table(**columns: Any) -> pd.DataFrame:
    given = {"x": np.arange(N) / N, "k": COUNTS, "p": SHARES, "t": COUNTS * 1.5, "n": 4, "c": "none"}
    return pd.DataFrame(given | columns)


IMPOSSIBLE = [
    ("k | trials(n) + cens(«c») ~ x", "binomial", {"c": "right"}, "'k', 4, ... cannot be: the largest is, 4, in row 2"),
    ("k | trials(n) + cens(«c») ~ x", "beta_binomial", {"c": "right"}, "the largest is, 4, in row 2"),
    ("k | trials(n) + cens(«c») ~ x", "zero_inflated_binomial", {"c": "right"}, "the largest is, 4, in row 2"),
    ("k | trials(n) + cens(«c», 9) ~ x", "binomial", {"c": "interval"}, "the largest is, 4, in row 2"),
    ("t | cens(«c») ~ x", "exponential", {"c": "left"}, "'t', 0, is left censored ... all exceed, 0, in row 0"),
    ("k | cens(c, «u») ~ x", "poisson", {"c": "interval", "u": COUNTS}, "'k', 0, is not below the end ... 0, in row 0"),
    ("p | cens(c, «u») ~ x", "beta", {"c": "interval", "u": 0.3}, "0.4, is not below the end y2 ... 0.3, in row 3", 2),
    ("k | cens(c, «u») ~ x", "poisson", {"c": "interval", "u": COUNTS + 1.5}, "for family poisson; u is 1.5 in row 0"),
    ("k | trunc(lb = «l») ~ x", "negbinomial", {"l": COUNTS - 0.5}, "whole numbers ... l is -0.5 in row 0"),
    ("k | trunc(ub = «3») ~ x", "hurdle_poisson", {}, "'k', 4, lies above its truncation bound, 3, in row 2"),
    ("k | trunc(lb = «l») ~ x", "poisson", {"l": [0, 0, 5, 0, 0, 0]}, "lies below its truncation bound, 5, in row 2"),
    ("p | trunc(p, «p») ~ x", "beta", {}, "no room below, 0.1, in row 0"),
    ("p | trunc(lb = p, ub = «p») ~ x", "gaussian", {}, "no room below, 0.1, in row 0"),
    ("t | trunc(ub = «t») ~ x", "exponential", {}, "'t', 0, has truncation ... no room below, 0, in row 0"),
    ("k | cens(«c») ~ x", "poisson", {"c": "interval"}, "needs y2 ... in row 0"),
]  # fmt: skip


@pytest.mark.parametrize("case", IMPOSSIBLE, ids=[f"{case[1]}: {case[0]}" for case in IMPOSSIBLE])
def test_refused(case: tuple[Any, ...]) -> None:
    marked, family, columns, message = case[:4]
    data = table(**columns)
    if len(case) > 4:  # rows before the fault are as they should be
        data.loc[: case[4], "c"] = "none"
    with pytest.raises(DataError) as caught:
        ss.standata(marked.replace("«", "").replace("»", ""), data, family=family)
    found, start = str(caught.value), 0
    for part in message.split(" ... "):
        assert part in found[start:]
        start = found.index(part, start)
    *_, text, carets = found.split("\n")
    place = (carets.index("^"), carets.rindex("^") + 1)
    assert text[slice(*place)] == marked[marked.index("«") + 1 : marked.index("»")]


@pytest.mark.parametrize(
    ("formula", "family", "columns"),
    [
        ("k | trials(n) + cens(c) ~ x", "binomial", {"c": ["right", "left", "left", "right", "left", "none"]}),
        ("k | cens(c) ~ x", "poisson", {"c": "left"}),
        ("t | cens(c) ~ x", "hurdle_gamma", {"c": "left"}),
        ("t | trunc(ub = t) ~ x", "hurdle_lognormal", {}),
        ("p | cens(c, 1) ~ x", "beta", {"c": "interval"}),
        ("k | trunc(lb = k, ub = k) ~ x", "poisson", {}),
        ("t | cens(c) ~ x", "exponential", {"c": ["right", "left", "none", "left", "right", "left"]}),
    ],
)
def test_possible(formula: str, family: str, columns: dict[str, Any]) -> None:
    assert ss.standata(formula, table(**columns), family=family)["N"] == N


def test_response_beyond_the_support_is_told_first() -> None:
    with pytest.raises(FamilyError, match="both excluded"):
        ss.standata("q | cens(c) ~ x", table(q=1.0, c="right"), family="beta")
