"""The two models that every release fits first."""

from __future__ import annotations

from typing import Any, NamedTuple

import smoothstan as ss


class SeedModel(NamedTuple):
    """A formula and the example data that it is for."""

    formula: str
    dataset: str


SEED_MODELS = {
    "mcycle": SeedModel("accel ~ s(times, bs='cr', k=20)", "mcycle"),
    "radon": SeedModel("log_radon ~ 1 + (1 | county)", "radon"),
}


def fit(name: str, backend: str) -> Any:
    """Fit a seed model with 4 chains of 1000 + 1000 iterations."""
    model = SEED_MODELS[name]
    data = ss.load_dataset(model.dataset)
    return ss.brm(model.formula, data, backend=backend, seed=1, show_progress=False)
