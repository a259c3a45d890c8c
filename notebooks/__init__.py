"""The notebooks, and how they are run: ``python -m notebooks`` executes them and saves them in place."""
