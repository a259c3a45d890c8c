"""Example data, shipped with the package.

``mcycle``: head acceleration in simulated motorcycle accidents; 133 rows of ``times`` (milliseconds after
impact) and ``accel`` (g).  Source: Silverman (1985), JRSSB 47, 1-52; the copy in R's MASS (Venables &
Ripley 2002).

``radon``: radon measurements in 919 houses of 85 counties of Minnesota: ``log_radon`` (log of pCi/L, 0.1
where none was found), ``floor`` (0 basement, 1 first floor), ``county``, ``log_uranium`` (county's log
uranium).  Source: Gelman & Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical
Models*, chapter 12; the copy in R's rstanarm.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from smoothstan.errors import DataError, suggestion

if TYPE_CHECKING:
    import pandas as pd

DATASETS = ("mcycle", "radon")


def load_dataset(name: str) -> pd.DataFrame:
    """Return one of the example data sets: ``"mcycle"`` or ``"radon"``.

    Raises:
        DataError: for another name.
    """
    import pandas as pd

    if not isinstance(name, str) or name not in DATASETS:
        raise DataError(f"no data set {name!r}{suggestion(name, DATASETS)} (known: {', '.join(DATASETS)})")
    with (resources.files(__name__) / "data" / f"{name}.csv").open("rb") as stream:
        frame = pd.read_csv(stream)
    return frame.astype({"county": "category"}) if "county" in frame else frame
