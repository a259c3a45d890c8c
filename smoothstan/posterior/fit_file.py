"""Fits that are kept in a file and sampled only if there is none, or another: brms's ``file`` and ``file_refit``."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from smoothstan._version import __version__
from smoothstan.design import Design
from smoothstan.errors import OptionError, StorageError
from smoothstan.formula import meaning
from smoothstan.posterior.codec import encode
from smoothstan.posterior.fitted import FitModel, Fitted
from smoothstan.posterior.request import FitRequest
from smoothstan.posterior.storage import as_path, check_target, check_user_objects, load_tree, save_tree
from smoothstan.priors import PriorTable

FILE_REFIT = ("never", "on_change", "always")
_SUFFIX = ".nc"
F = TypeVar("F", bound=Fitted)


@dataclass(frozen=True)
class FitFile:
    """The place where a fit is kept, and when it is sampled anew."""

    path: Path
    refit: str

    @classmethod
    def of(cls, file: str | os.PathLike[str] | None, file_refit: str) -> FitFile | None:
        """Return the place for what a user gave; None without a file.

        Raises:
            OptionError: for an unknown ``file_refit``.
            StorageError: if ``file`` is no name of a file.
        """
        if file_refit not in FILE_REFIT:
            raise OptionError(f"file_refit must be one of {', '.join(map(repr, FILE_REFIT))}, got {file_refit!r}")
        if file is None:
            return None
        path = as_path(file)
        if not path.name or path.is_dir():
            raise StorageError(f"file must be the name of a file, got {str(file)!r}" + _folder_hint(path))
        if path.suffix != _SUFFIX:
            path = path.with_name(path.name + _SUFFIX)
        return cls(path, file_refit)

    def final(self, kind: type[F]) -> F | None:
        """Return the fit in the file if it is to be taken as it is."""
        return load_tree(self.path, kind) if self.refit == "never" and self.path.exists() else None

    def unchanged(self, kind: type[F], request: FitRequest, design: Design, priors: PriorTable) -> F | None:
        """Return the fit in the file if it is what is asked for now; make sure that another can be kept.

        Raises:
            StorageError: if the file there is no fit that can be read, or the fit asked for could not be stored.
        """
        if self.refit == "on_change" and self.path.exists():
            stored = load_tree(self.path, kind)
            if not changes(stored.model, request, design, priors):
                return stored
        self.check(request)
        return None

    def check(self, request: FitRequest) -> None:
        """Raise StorageError if the fit asked for could not be kept here."""
        check_user_objects(request.smooth_options)
        check_target(self.path)

    def keep(self, fit: Fitted) -> None:
        """Write the fit."""
        save_tree(self.path, fit)


def _folder_hint(path: Path) -> str:
    return f", which is a folder; name a file in it, e.g. {path / 'fit.nc'}" if path.name else ""


def changes(stored: FitModel, request: FitRequest, design: Design, priors: PriorTable) -> tuple[str, ...]:
    """Return which parts of a stored fit are not what is asked for now.

    The bases of smooths follow from the rest; their last bits may differ between machines, so they are not compared.
    A seed counts if it is given; starting values, the number of chains at a time and the progress bar do not.
    """
    now, then = request.options, stored.options
    sampling = replace(
        now, seed=then.seed if now.seed is None else now.seed, inits=None, parallel_chains=then.parallel_chains,
        show_progress=then.show_progress,
    )  # fmt: skip
    pairs: dict[str, tuple[Any, Any]] = {
        "family": (stored.design.family, design.family),
        "data": (stored.design.table, design.table),
        "knots": (stored.smooth_options.knots, request.smooth_options.knots),
        "data2": (stored.smooth_options.settings, request.smooth_options.settings),
        "priors": (stored.priors, priors),
        "sample_prior": (stored.sample_prior, request.sample_prior),
        "program": (_statements(stored.code), _statements(request.code(design, priors, __version__))),
        "sampling options": (then, sampling),
        "backend": _backends(stored, request),
    }
    formula = () if meaning(stored.design.formula) == meaning(design.formula) else ("formula",)
    return (*formula, *(name for name, (old, new) in pairs.items() if encode(old) != encode(new)))


def _statements(code: str) -> str:
    """Return a program without comments, which hold the version and the formula as written, and without layout."""
    return " ".join(re.sub(r"//[^\n]*", "", code).split())


def _backends(stored: FitModel, request: FitRequest) -> tuple[str, str]:
    """Return the engine that sampled and the one that would have to; ``"auto"`` takes what there is."""
    engine = stored.engine.split()[0].lower()
    return engine, engine if request.backend == "auto" else request.backend
