"""HTML for notebooks: escaped, closed, short, and without colours of its own."""

from __future__ import annotations

import re
import warnings
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

import smoothstan as ss
from smoothstan import notebook

VOID = {"br", "hr", "img", "input"}


class Tags(HTMLParser):
    """Collects the tags of a page and checks that they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


@pytest.fixture(scope="module")
def shown(
    slopes_fit: ss.Posterior, mcycle_fit: ss.Posterior, mcycle: pd.DataFrame, frame: pd.DataFrame
) -> dict[str, Any]:
    small, large = ss.gam("accel ~ s(times)", mcycle), ss.gam("accel ~ s(times, k=20)", mcycle)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.errors.SamplingWarning)
        loo, twin = slopes_fit.loo(), mcycle_fit.compare_to_gam()
    return {
        "fit": slopes_fit,
        "summary": slopes_fit.summary(robust=True),
        "formula": ss.bf("y ~ x + (1 | g)", "sigma ~ z", nu=4),
        "prior": ss.prior("normal(0, 1)", "b", lb=0),
        "priors": slopes_fit.prior_summary(),
        "defaults": ss.default_prior("y ~ x + (1 | g)", frame),
        "loo": loo,
        "gam": small,
        "gams": ss.compare_gam(small, large),
        "twin": twin,
    }


KINDS = ("fit", "summary", "formula", "prior", "priors", "defaults", "loo", "gam", "gams", "twin")


@pytest.mark.parametrize("kind", KINDS)
def test_pages_are_well_formed_and_have_no_colours(shown: dict[str, Any], kind: str) -> None:
    page = shown[kind]._repr_html_()
    Tags(page)
    assert len(page) < 30_000
    styles = " ".join(re.findall(r'style="([^"]*)"', page)).replace("background: none", "")
    assert not re.search(r"color|background|border:", styles)
    assert "<style" not in page


def test_what_the_pages_say(shown: dict[str, Any]) -> None:
    formula = Tags(shown["formula"]._repr_html_()).text
    assert all(line in formula for line in ("y ~ x + (1 | g)", "sigma ~ z", "nu = 4"))
    assert Tags(shown["prior"]._repr_html_()).text == "normal(0, 1) class = b, lb = 0"
    fit = Tags(shown["fit"]._repr_html_()).text
    for section in ("Smoothing Spline Hyperparameters", "~g (Number of levels: 10)", "Bulk_ESS", "sd(Intercept)"):
        assert section in fit
    priors = Tags(shown["defaults"]._repr_html_()).text
    assert "student_t(3, 0, 2.5)" in priors
    assert "nlpar" not in priors


def test_all_text_is_escaped() -> None:
    hostile = "<script>alert('&')</script>"
    pages = [
        ss.bf(f"`{hostile}` ~ x")._repr_html_(),
        ss.prior("normal(0, 1)", "b", coef=hostile)._repr_html_(),
        notebook.heading(hostile, hostile), notebook.code(hostile), notebook.note(hostile), notebook.warning(hostile),
        notebook.table(pd.DataFrame({hostile: [hostile]}, index=[hostile])),
    ]  # fmt: skip
    for page in pages:
        tags = Tags(page)
        assert "script" not in tags.seen
        assert hostile in tags.text


def test_problems_stand_in_the_page(frame: pd.DataFrame) -> None:
    with pytest.warns(ss.errors.SamplingWarning):
        fit = ss.brm("y ~ x", frame, chains=2, iter_warmup=1, iter_sampling=10, seed=1, backend="stanli",
                     show_progress=False)  # fmt: skip
    assert "Warning: " in Tags(fit._repr_html_()).text


def test_long_tables_are_cut_in_the_middle() -> None:
    text = Tags(notebook.table(pd.DataFrame({"x": range(1000)}))).text
    assert "940 of 1000 rows are not shown" in text
    assert "999" in text
    assert "500" not in text
