"""Long statements are broken where they read best, and nothing but white space changes."""

from __future__ import annotations

import re

import pytest

from smoothstan.codegen.long_lines import WIDTH, break_long_lines

SUM = "  vector[N] mu = " + " + ".join(f"Zs_{i}_1 .* s_{i}_1[Js_{i}]" for i in range(1, 12)) + ";"
NESTED = (
    "  target += normal_id_glm_lpdf(Y | X_all, Intercept" + " + r_1[J_1, 1]" * 4 + ", append_row(bs, s_1_1), sigma);"
)


@pytest.mark.parametrize("line", [SUM, NESTED])
def test_only_white_space_changes(line: str) -> None:
    broken = break_long_lines(line)
    assert max(map(len, broken.split("\n"))) <= WIDTH
    assert re.sub(r"\s", "", broken) == re.sub(r"\s", "", line)
    assert all(part.startswith("      ") for part in broken.split("\n")[1:])


def test_the_outermost_place_is_chosen() -> None:
    assert break_long_lines(NESTED).split("\n")[1].strip() == "append_row(bs, s_1_1), sigma);"
    assert break_long_lines(SUM).split("\n")[1].lstrip().startswith("+ Zs_")


def test_a_difference_is_broken_before_its_minus() -> None:
    line = f"  target += std_normal_lpdf(to_vector(mdivide_left({'L' * 40}, r))) - N_1 * (sum(log(sd_1)) + {'x' * 30});"
    assert [part.strip()[:5] for part in break_long_lines(line).split("\n")] == ["targe", "- N_1"]


def test_comments_of_several_lines_stay() -> None:
    code = "/* " + "a, " * 40 + "\n * " + "b, " * 40 + "*/\n" + SUM
    assert break_long_lines(code) == code.replace(SUM, break_long_lines(SUM))


@pytest.mark.parametrize("line", ["x = 1 + 1;", "// " + "a, b + " * 40, "y = " + "x" * 200 + ";"])
def test_lines_that_stay(line: str) -> None:
    assert break_long_lines(line) == line
