"""Execute all notebooks, or those whose names start as given, and save them in place."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import nbformat

from notebooks.execute import complaints, execute, notebook_paths, read, stable


def main(beginnings: list[str]) -> int:
    """Run and save; return 1 if a notebook wrote to stderr."""
    failed = False
    for path in notebook_paths():
        if beginnings and not path.name.startswith(tuple(beginnings)):
            continue
        started = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            notebook = stable(execute(read(path), Path(folder)))
        nbformat.write(notebook, path)
        seconds, size = time.perf_counter() - started, path.stat().st_size / 1e6
        print(f"{path.name}: {seconds:.1f} s, {size:.2f} MB")
        for text in complaints(notebook):
            failed = True
            print(f"  wrote to stderr: {text}")
    return int(failed)


sys.exit(main(sys.argv[1:]))
