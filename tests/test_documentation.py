"""The pages name everything public, their code runs, and what makes them out of notebooks does."""

from __future__ import annotations

import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import smoothstan as ss
from notebooks.execute import notebook_paths, read

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
CODE = re.compile(r"^```python\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
SAMPLES = re.compile(r"\bbrm\(|\bload_fit\(")


def documented() -> list[str]:
    """Return the objects that the reference asks mkdocstrings for."""
    found = [re.findall(r"^::: (\S+)", page.read_text(), flags=re.MULTILINE) for page in PAGES]
    return [name for names in found for name in names]


def hook(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_public_name_is_in_the_reference() -> None:
    modules = {path.stem for path in Path(ss.__file__).parent.iterdir()} - {"gam", "errors"}
    public = {name for name in vars(ss) if not name.startswith("_")} - modules
    missing = public - {name.rsplit(".", 1)[-1] for name in documented()}
    assert not missing


def test_every_kind_of_method_of_a_fit_is_in_the_reference() -> None:
    kinds = [c for c in inspect.getmro(ss.Posterior) if c.__module__.startswith("smoothstan")]
    missing = {f"{c.__module__}.{c.__name__}" for c in kinds} - set(documented())
    assert missing <= {"smoothstan.posterior.fit.Posterior"}  # there as smoothstan.Posterior


def test_what_the_reference_names_exists() -> None:
    for name in documented():
        module, _, last = name.rpartition(".")
        while importlib.util.find_spec(module) is None:  # pragma: no cover
            module, _, middle = module.rpartition(".")
            last = f"{middle}.{last}"
        value = importlib.import_module(name) if name in ("smoothstan.errors", "smoothstan.plots") else None
        assert value is not None or hasattr(importlib.import_module(module), last), name


def test_every_page_is_in_the_menu() -> None:
    menu = (ROOT / "mkdocs.yml").read_text().split("\nnav:")[1]
    pages = [str(page.relative_to(ROOT / "docs")) for page in PAGES]
    pages += [f"notebooks/{path.stem}.md" for path in notebook_paths()]
    assert [page for page in pages if page not in menu] == []


def pages_with_code() -> list[object]:
    """Return the pages whose code is run, those that sample marked as slow."""
    found = []
    for page in [ROOT / "README.md", *PAGES]:
        code = "\n".join(CODE.findall(page.read_text()))
        if code:
            marks = [pytest.mark.slow] if SAMPLES.search(code) else []
            found.append(pytest.param(code, marks=marks, id=str(page.relative_to(ROOT))))
    return found


@pytest.mark.parametrize("code", pages_with_code())
def test_the_code_of_a_page_runs_from_an_empty_folder(code: str, tmp_path: Path) -> None:
    """All blocks of a page in turn, as a reader would type them; warnings are faults."""
    script = tmp_path / "page.py"
    script.write_text(f"import matplotlib\nmatplotlib.use('Agg')\n{code}")
    command = [sys.executable, "-W", "error::UserWarning", "-W", "error::FutureWarning", str(script)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def test_a_notebook_becomes_a_page() -> None:
    path = notebook_paths()[0]
    text, figures = hook("notebook_pages").page(read(path), path.stem)
    assert text.startswith("# Random effects are smooths\n")
    assert text.count("```python") == sum(cell.cell_type == "code" for cell in read(path).cells)
    assert len(figures) == text.count("<img src=") > 10
    assert all(name in text and picture.startswith(b"\x89PNG") for name, picture in figures.items())
    assert "<style" not in text
    assert 'class="dataframe"' not in text


def test_pages_fetch_nothing_from_elsewhere() -> None:
    own = hook("own_scripts").own
    shim = '<script src="https://unpkg.com/iframe-worker/shim"></script>'
    assert own(shim, "../") == '<script src="../assets/file-worker.js"></script>'
    assert own('<a href="https://pypi.org">', "") == '<a href="https://pypi.org">'
    for fetched in ('<script src="https://a.b/c.js">', "<img src=//a.b/c.png>", '<link rel=x href="http://a.b/c.css">'):
        with pytest.raises(ValueError, match="would fetch"):
            own(fetched, "")


def test_bars_in_code_within_tables_lose_their_backslash() -> None:
    change = hook("pipes_in_code").on_page_markdown
    assert change(r"| `(1 \| g)` | a \| b |") == r"| `(1 | g)` | a \| b |"
    assert change(r"text `a \| b`") == r"text `a \| b`"
