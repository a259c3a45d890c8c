"""The methods of a fit that keep it, change it and hand it on."""

from __future__ import annotations

import os
from typing import Any

from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.storage import save_tree


class Handling(Fitted):
    """Saving, and the draws in other forms."""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fit to one netCDF file, which ``load_fit`` reads.

        Raises:
            StorageError: if the file cannot be written.
        """
        from smoothstan._version import __version__

        save_tree(path, self.draws, self.model, __version__)

    def to_inferencedata(self) -> Any:
        """Return the draws for the installed ArviZ: an InferenceData for ArviZ 0.x, the DataTree from 1.0 on."""
        try:
            import arviz
        except ImportError:
            raise ImportError("to_inferencedata() needs the package arviz: pip install arviz") from None
        if int(arviz.__version__.split(".")[0]) >= 1:
            return self.draws
        return arviz.InferenceData(**{str(k): v.to_dataset() for k, v in self.draws.children.items()})
