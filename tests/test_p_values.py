"""``format_p_values`` against R 4.2's ``format.pval(x, digits=3, eps=.Machine$double.eps)``."""

from __future__ import annotations

import pytest

from smoothstan.numerals import format_p_values


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([0.000429, 0.2], "0.000429 0.200000"),
        ([0.0000999, 0.000123, 0.2], "9.99e-05 0.000123 0.200000"),
        ([1.27e-10, 1.15e-5, 3e-7], "1.27e-10 1.15e-05 3.00e-07"),
        ([0.00101, 0.0005, 0.5], "0.00101 0.00050 0.50000"),
        ([0.00009, 0.5, 0.03], "9e-05 0.50 0.03"),
        ([1, 0.999999, 0.2], "1.0 1.0 0.2"),
        ([0.0001, 0.2], "1e-04 2e-01"),
        ([0.000999, 0.0312], "0.000999 0.031200"),
        ([1e-20, 0.0312, 1e-5, 1e-6], "<2e-16 0.0312 1e-05 1e-06"),
        ([0.99999, 0.12345], "1.000 0.123"),
        ([2.5e-5, 1e-5, 0.1], "2.5e-05 1.0e-05 0.1"),
        ([1e-20, 0.00131], "< 2e-16 0.00131"),
        ([1e-20, 1.22e-6], "< 2e-16 1.22e-06"),
        ([1e-20, 1e-18], "<2e-16 <2e-16"),
        ([float("nan"), 0.3, 1e-20], "NA 0.3 <2e-16"),
    ],
)
def test_as_in_r(values: list[float], written: str) -> None:
    assert " ".join(format_p_values(values)) == written
