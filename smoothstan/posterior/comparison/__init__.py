"""Criteria of predictive accuracy and what is done with them; ``Comparing`` holds the methods that lead here."""
