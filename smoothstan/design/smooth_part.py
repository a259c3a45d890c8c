"""One smooth of a model on its own."""

from __future__ import annotations

import re
from dataclasses import replace

from smoothstan.design.design import Design
from smoothstan.errors import FormulaError, OptionError, suggestion
from smoothstan.formula import parse
from smoothstan.formula.syntax import deparse
from smoothstan.terms import SmoothTerm


def only_smooth(design: Design, smooth: str, dpar: str) -> Design:
    """Return the design whose linear predictor of ``dpar`` is one smooth, all levels of its ``by`` together.

    Args:
        design: the model.
        smooth: the term as in the formula, e.g. ``"s(x, by=f)"``; spaces and quotes do not matter.
        dpar: the distributional parameter.

    Raises:
        OptionError: if the predictor has no such smooth, or ``dpar`` no predictor.
    """
    if dpar not in design.predicted:
        raise OptionError(f"{dpar!r} has no linear predictor (predicted: {', '.join(design.predicted)})")
    terms = [term for term in design.terms if isinstance(term, SmoothTerm) and term.dpar == dpar]
    known = list(dict.fromkeys(smooth.term for term in terms for smooth in term.smooths))
    if not isinstance(smooth, str):
        raise OptionError(f"smooth is the text of a term, got {smooth!r}")
    wanted = _bare(_deparsed(smooth))
    chosen = [replace(term, smooths=tuple(s for s in term.smooths if _bare(s.term) == wanted)) for term in terms]
    if not any(term.smooths for term in chosen):
        listed = f"it has: {', '.join(known)}" if known else "it has none"
        raise OptionError(f"the predictor of {dpar} has no smooth {smooth!r}{suggestion(smooth, known)} ({listed})")
    return replace(design, terms=tuple(chosen), predicted=(dpar,))


def _deparsed(text: str) -> str:
    """Return a term as formulas write it, so that R's and Python's constants read alike."""
    try:
        return deparse(parse(text))
    except FormulaError:
        return text


def _bare(text: str) -> str:
    return re.sub(r"[\s\"']", "", text)
