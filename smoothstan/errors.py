"""Every error and warning that smoothstan raises on purpose.

SmoothstanError
|-- FormulaError (ValueError)        the text of a formula; carries the text and a caret
|   `-- NotYetSupported              understood, but not built yet
|-- DataError (ValueError)           the table: columns, kinds, missing or impossible values
|-- FamilyError (ValueError)         an unknown family or link, a response outside the support
|-- PriorError (ValueError)          a prior that is malformed or matches no parameter
|-- OptionError (ValueError)         an argument of a call outside its range
|-- EngineError (RuntimeError)       sampling could not be done
|   |-- EngineNotFound               no such engine, or it is not installed
|   |-- CompilationError             a Stan program was refused, or there is no C++ compiler
|   |-- SamplingError                one or more chains failed
    |   `-- InstallationError            CmdStan could not be installed
|-- FitError (RuntimeError)          a penalised fit that could not be done
`-- StorageError (OSError)           a saved fit that cannot be written or read

SmoothstanWarning (UserWarning)
|-- FormulaWarning                   a change of a formula that changes nothing
|-- PriorWarning                     a prior that is left out
|-- DataWarning                      rows dropped, a covariate that carries no information
|-- OptionWarning                    an argument that leaves something out, or takes it for what it is not
|-- FitWarning                       a penalised fit that should not be trusted as it is
`-- SamplingWarning                  draws that should not be trusted as they are
"""

from __future__ import annotations

import difflib
import os
import sys
import warnings
from collections.abc import Iterable


class SmoothstanError(Exception):
    """Root of all errors raised by smoothstan."""


class FormulaError(SmoothstanError, ValueError):
    """A fault in the text of a formula.

    Args:
        message: what is wrong and what is allowed.
        text: the whole formula, shown under the message when given.
        span: (start, end) character offsets of the fault within ``text``; underlined with carets.
    """

    def __init__(self, message: str, text: str | None = None, span: tuple[int, int] | None = None) -> None:
        self.message = message
        self.text = text
        self.span = span
        super().__init__(message if text is None else f"{message}\n{underline(text, span)}")


class NotYetSupported(FormulaError):
    """A term that is understood but that smoothstan cannot build yet."""


class DataError(SmoothstanError, ValueError):
    """A fault in the data: a missing column, a wrong kind, an impossible value.

    Args:
        message: what is wrong and what is allowed.
        column: the column at fault, where there is one, so that its place in a formula can be shown.
    """

    def __init__(self, message: str, *, column: str | None = None) -> None:
        self.column = column
        super().__init__(message)


class FamilyError(SmoothstanError, ValueError):
    """An unknown family or link, or a response outside the family's support."""


class PriorError(SmoothstanError, ValueError):
    """A malformed prior, or one that matches no parameter of the model."""


class OptionError(SmoothstanError, ValueError):
    """An argument of a public function outside its range."""


class EngineError(SmoothstanError, RuntimeError):
    """An engine could not do what it was asked for."""


class EngineNotFound(EngineError):
    """The engine asked for does not exist or is not installed."""


class CompilationError(EngineError):
    """The Stan program could not be translated or compiled."""


class SamplingError(EngineError):
    """One or more chains failed."""


class InstallationError(EngineError):
    """CmdStan could not be installed."""


class FitError(SmoothstanError, RuntimeError):
    """A penalised fit could not be done."""


class StorageError(SmoothstanError, OSError):
    """A fit could not be written to, or read from, a file."""


class SmoothstanWarning(UserWarning):
    """Root of all warnings issued by smoothstan."""


class FormulaWarning(SmoothstanWarning):
    """A part of a formula does nothing."""


class PriorWarning(SmoothstanWarning):
    """A prior is left out."""


class DataWarning(SmoothstanWarning):
    """Something about the data that the user should know."""


class OptionWarning(SmoothstanWarning):
    """An argument leaves something out, or takes it for what it is not."""


class FitWarning(SmoothstanWarning):
    """A penalised fit should not be trusted as it is."""


class SamplingWarning(SmoothstanWarning):
    """The draws should not be trusted as they are."""


def warn(message: str, category: type[SmoothstanWarning]) -> None:
    """Issue a warning that points at the first caller outside this package."""
    package = os.path.dirname(__file__) + os.sep
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(package):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def underline(text: str, span: tuple[int, int] | None) -> str:
    """Return the line of ``text`` that holds ``span``, indented, with carets under the span."""
    if span is None:
        return "\n".join(f"  {line}" for line in text.splitlines())
    start, end = span
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    line = text[line_start:line_end].replace("\t", " ")
    width = max(1, min(end, line_end) - start)
    return f"  {line}\n  {' ' * (start - line_start)}{'^' * width}"


def counted(count: int, noun: str) -> str:
    """Return ``"1 level"`` or ``"2 levels"``."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def known(names: Iterable[str]) -> str:
    """Join names for the 'known: ...' part of an error."""
    return ", ".join(sorted(names)) or "none"


def suggestion(name: str, names: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the closest of ``names``, or an empty string."""
    candidates = {str(candidate).lower(): candidate for candidate in names}
    close = difflib.get_close_matches(str(name).lower(), candidates, n=1, cutoff=0.6)
    return f"; did you mean {candidates[close[0]]!r}?" if close else ""
