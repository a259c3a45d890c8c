"""Stan's own compiler accepts the program of every family."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from density_forms import FORMS, Form, table

from smoothstan.codegen import write_program
from smoothstan.families import FAMILIES
from smoothstan.posterior import FitRequest

pytestmark = pytest.mark.cmdstan


def largest_forms(family: str) -> list[Form]:
    """The forms of a family that predict every parameter: as it is, and with each set of additions."""
    forms = [form for form in FORMS.values() if form.family.name == family]
    return [form for form in forms if len(form.predicted) == len(form.family.parameters)]


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_stanc_accepts_the_programs(family: str, tmp_path: Path) -> None:
    import cmdstanpy

    for i, form in enumerate(largest_forms(family)):
        data, _ = table(form)
        code = write_program(*FitRequest.of(form.formula, form.family).bind(data), version="test").code
        file = tmp_path / f"form_{i}.stan"
        file.write_text(code)
        stanc = Path(cmdstanpy.cmdstan_path()) / "bin" / "stanc"
        done = subprocess.run(
            [stanc, f"--o={tmp_path / 'form.hpp'}", file], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{form}\n{done.stderr}"
