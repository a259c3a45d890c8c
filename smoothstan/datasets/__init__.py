"""Example data, shipped with the package.

``mcycle``: head acceleration in simulated motorcycle accidents; 133 rows of ``times`` (milliseconds after
impact) and ``accel`` (g).  Source: Silverman (1985), JRSSB 47, 1-52; the copy in R's MASS (Venables &
Ripley 2002).

``radon``: radon measurements in 919 houses of 85 counties of Minnesota: ``log_radon`` (log of pCi/L, 0.1
where none was found), ``floor`` (0 basement, 1 first floor), ``county``, ``log_uranium`` (county's log
uranium).  Source: Gelman & Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical
Models*, chapter 12; the copy in R's rstanarm.

``wine``: bitterness of white wine, from 1 to 5, as 9 judges tasted it: 72 rows of ``rating`` (ordered), ``temp`` and
``contact`` (temperature, and whether juice and skins had contact, when the grapes were crushed), ``bottle`` and
``judge``.  Source: Randall (1989), Biometrical Journal 31, 781-793; the copy in R's ordinal.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

from smoothstan.errors import DataError, suggestion

if TYPE_CHECKING:
    import pandas as pd

DATASETS = ("mcycle", "radon", "wine")
_CATEGORIES = ("county", "temp", "contact", "bottle", "judge")


def load_dataset(name: str) -> pd.DataFrame:
    """Return one of the example data sets: ``"mcycle"``, ``"radon"`` or ``"wine"``.

    Raises:
        DataError: for another name.
    """
    import pandas as pd

    if not isinstance(name, str) or name not in DATASETS:
        raise DataError(f"no data set {name!r}{suggestion(name, DATASETS)} (known: {', '.join(DATASETS)})")
    with (resources.files(__name__) / "data" / f"{name}.csv").open("rb") as stream:
        frame = pd.read_csv(stream)
    types: dict[str, Any] = {column: "category" for column in _CATEGORIES if column in frame}
    if "rating" in frame:
        types["rating"] = pd.CategoricalDtype([1, 2, 3, 4, 5], ordered=True)
    return frame.astype(types)
