"""Every notebook runs without a complaint, and its outputs are committed with it."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from notebooks.execute import complaints, execute, notebook_paths, outputs, read, stable

PATHS = {path.name: path for path in notebook_paths()}
MOST_BYTES = 1_000_000
SEED_POST = "01-random-effects-are-smooths.ipynb"


def text_of(name: str) -> str:
    """Return all that the cells of a notebook have printed or shown as text."""
    shown = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs(read(PATHS[name]))]
    return "\n".join(shown)


def kinds(notebook) -> list[list[tuple[str, list[str]]]]:
    """Return what each cell gave: streams, which a busy machine may deliver in pieces, and kinds of data."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [_without_pieces([(o.output_type, sorted(o.get("data", {}))) for o in cell.outputs]) for cell in cells]


def _without_pieces(found: list[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    return [kind for i, kind in enumerate(found) if not i or kind != ("stream", []) or found[i - 1] != kind]


@pytest.mark.slow
@pytest.mark.parametrize("name", PATHS)
def test_it_runs_and_gives_what_is_committed(name: str, tmp_path: Path) -> None:
    """Numbers depend on the machine and the engine; that every cell gives the same kinds of output does not."""
    fresh = execute(read(PATHS[name]), tmp_path)
    assert complaints(fresh) == []
    assert kinds(fresh) == kinds(read(PATHS[name]))


@pytest.mark.parametrize("name", PATHS)
def test_outputs_are_committed(name: str) -> None:
    notebook = read(PATHS[name])
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert complaints(notebook) == []
    assert not [o for o in outputs(notebook) if o.output_type == "error"]
    drawn = [cell for cell in cells if "plt.show()" in cell.source]
    assert drawn
    for cell in drawn:
        pictures = [o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})]
        assert pictures, cell.source
        assert all(base64.b64decode(picture).startswith(b"\x89PNG") for picture in pictures)


@pytest.mark.parametrize("name", PATHS)
def test_what_is_committed_is_small_and_stable(name: str) -> None:
    path = PATHS[name]
    written = path.read_text()
    assert len(written) < MOST_BYTES
    assert read(path) == stable(read(path))
    assert not re.search(r"/home/|/root/|/tmp/|/work/|site-packages", written), "the path of a machine"


@pytest.mark.parametrize("number", [
    # of the penalised fits, which have no Monte Carlo error: mgcv's, to the digits that are printed
    "1.350      0.047   28.72", "39.57     84 1.573", "R-sq.(adj) =  0.126   Deviance explained = 16.4%",
    "-REML = 1092.4  Scale est. = 0.58686   n = 919", "s(county) 0.2976671 0.2202676 0.4022639",
    "scale     0.7660696 0.7304109 0.8034692",
    "-25.546      1.956  -13.06", "11.78  13.97 33.93", "R-sq.(adj) =  0.782   Deviance explained = 80.1%",
    "-REML = 616.01  Scale est. = 509.01    n = 133", "-0.143      -0.165      -0.154      -0.311",
    "12.81      13.81  616.0680", "49.00      50.00  403.4616", "1.01       2.01  691.5683",
    "7.20912   4.68377  11.09606", "22.56130  19.87740  25.60758", "[1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 0]",
    "the fixed column is column 19 exactly: True", "counties: 85", "effective counties: 39.57",
])  # fmt: skip
def test_the_seed_post_has_its_penalised_numbers(number: str) -> None:
    assert number in text_of(SEED_POST)


@pytest.mark.parametrize(("row", "mean", "error", "low", "high"), [
    ("sd(Intercept)", 0.30, 0.05, 0.22, 0.40), ("sds(stimes_1)", 4.96, 1.19, 3.17, 7.81),
    ("stimes_1", 1.65, 0.34, 0.98, 2.31),
])  # fmt: skip
def test_the_seed_post_has_its_posteriors(row: str, mean: float, error: float, low: float, high: float) -> None:
    """Two runs of 4,000 draws (some 900 effective ones) differ by a tenth of the error, tails by three of these."""
    line = re.search(rf"^{re.escape(row)} +(.*)$", text_of(SEED_POST), flags=re.MULTILINE)
    assert line is not None
    found = [float(value) for value in line[1].split()[:4]]
    assert found[0] == pytest.approx(mean, abs=0.1 * error + 0.01)
    assert found[1:] == pytest.approx([error, low, high], abs=0.3 * error + 0.01)
