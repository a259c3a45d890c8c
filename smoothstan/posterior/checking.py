"""The methods of a fit that check it."""

from __future__ import annotations

from smoothstan.posterior.predictions import Predictions


class Checking(Predictions):
    """Posterior predictive checks and pictures of the draws."""
