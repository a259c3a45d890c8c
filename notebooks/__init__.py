"""The notebooks; ``python -m notebooks`` executes them and saves them in place."""
