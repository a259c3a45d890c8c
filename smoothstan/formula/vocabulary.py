"""The names that mean something special in a formula."""

from __future__ import annotations

SMOOTHS = frozenset({"s", "te", "ti", "t2"})
OFFSET = "offset"
INTERCEPT = "Intercept"
EFFECTS = frozenset({"mo"})
"""Calls that multiply coefficients, alone or in interactions with columns and with each other."""

SPECIALS = SMOOTHS | {
    OFFSET, "gp", "me", "mi", "mmc", "cs", "ar", "ma", "arma", "cosy", "unstr", "sar", "car", "fcor",
}  # fmt: skip
ADDITIONS = frozenset({
    "weights", "trials", "cens", "trunc", "se", "rate", "thres", "subset", "mi", "index", "dec", "bhaz",
    "vreal", "vint", "cat",
})  # fmt: skip
