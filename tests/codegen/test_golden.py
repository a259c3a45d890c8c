"""The programs, word for word.  Rewrite them with ``make goldens`` and read the difference."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from golden_models import MODELS, data_of, program_of

import smoothstan as ss
from smoothstan.codegen.program import declared_data

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", MODELS)
def test_program_is_the_expected_one(name: str, frame: pd.DataFrame, request: pytest.FixtureRequest) -> None:
    path, code = GOLDEN / f"{name}.stan", program_of(frame, MODELS[name]).code
    if request.config.getoption("--update-goldens"):
        path.write_text(code)
    assert code == path.read_text()


def test_no_golden_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.stan")} == set(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_stan_accepts_the_program(name: str, frame: pd.DataFrame) -> None:
    import stanli

    assert stanli.stan_to_mir(program_of(frame, MODELS[name]).code)


@pytest.mark.parametrize("name", MODELS)
def test_every_posterior_variable_is_a_column_of_the_program(name: str, frame: pd.DataFrame) -> None:
    from smoothstan.engines import SamplingOptions, StanliEngine

    program = program_of(frame, MODELS[name])
    options = SamplingOptions(chains=1, iter_warmup=0, iter_sampling=1, seed=1, inits=0.1, show_progress=False)
    raw = StanliEngine().sample(program, options)
    wanted = [column for variable in program.variables for column in variable.columns]
    assert set(wanted) <= set(raw.columns)
    assert len(wanted) == len(set(wanted))


@pytest.mark.parametrize("name", MODELS)
def test_program_is_vectorised(name: str, frame: pd.DataFrame) -> None:
    _, _, repeated = program_of(frame, MODELS[name]).code.partition("\nparameters {")
    assert not re.findall(r"for \(n in 1:N\)", repeated)


@pytest.mark.parametrize("name", MODELS)
def test_program_declares_data_that_exist(name: str, frame: pd.DataFrame) -> None:
    model = MODELS[name]
    program = program_of(frame, model)
    data = ss.standata(
        model["formula"], data_of(frame, model), family=model.get("family", "gaussian"), prior=model.get("prior", ()),
        data2=model.get("data2"),
    )  # fmt: skip
    assert set(declared_data(program.code)) == set(program.data)
    assert set(program.data) <= set(data)
    # What brms passes and the program has no use for: intercept columns, constants, counts.
    unused = set(data) - set(program.data)
    assert {re.sub(r"[_\d].*", "", name) for name in unused} <= {
        "K",
        "Kc",
        "Ks",
        "X",
        "Xs",
        "Z",
        "Zs",
        "NC",
        "nb",
        "knots",
    }
    for name in unused:
        if name.startswith("Zs"):  # The columns of random effects say only which group a row is in.
            assert np.all(data[name] == 1)
        if name.startswith(("nb", "knots", "Ks", "Xs")):  # A smooth without random, or without fixed columns.
            assert np.size(data[name]) == 0 or np.all(data[name] == 0)


def test_the_users_words_cannot_leave_a_comment() -> None:
    data = pd.DataFrame({"y": [1.0, 2, 3, 5], "g\n} model { target += 1; //": ["a", "b", "a", "b"]})
    code = ss.stancode("y ~ (1 | `g\n} model { target += 1; //`)", data)
    assert not any(line.lstrip().startswith("} model {") for line in code.splitlines())
    comments = [line for line in code.splitlines() if "target += 1" in line]
    assert comments
    assert all(line.lstrip().startswith("//") for line in comments)
