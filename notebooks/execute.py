"""Run notebooks in a fresh kernel of this interpreter."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from ipykernel.kernelspec import write_kernel_spec
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).parent
KERNEL = "python3"
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": KERNEL},
    "language_info": {"name": "python"},
}
_MOST_SECONDS = 600


def notebook_paths() -> list[Path]:
    """Return the notebooks in order."""
    return sorted(FOLDER.glob("*.ipynb"))


def read(path: Path) -> NotebookNode:
    """Read a notebook."""
    return nbformat.read(path, as_version=4)


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run all cells in a folder; the notebook is changed in place and returned.

    Raises:
        nbclient.exceptions.CellExecutionError: if a cell fails.
    """
    with tempfile.TemporaryDirectory() as specs:
        # Another kernel "python3" of this user may belong to another interpreter.
        write_kernel_spec(Path(specs) / KERNEL)
        manager = AsyncKernelManager(
            kernel_name=KERNEL, kernel_spec_manager=KernelSpecManager(kernel_dirs=[specs])
        )
        if os.name != "nt":
            # Over sockets in this folder, not over the network.
            manager.transport, manager.ip = "ipc", str(Path(specs) / "kernel")
        client = NotebookClient(
            notebook, km=manager, timeout=_MOST_SECONDS, record_timing=False,
            resources={"metadata": {"path": str(folder)}},
        )  # fmt: skip
        # A kernel manager of our own is ours to shut down.
        client.execute(cleanup_kc=True)
    return notebook


def stable(notebook: NotebookNode) -> NotebookNode:
    """Strip what changes from run to run: times, versions, the state of widgets."""
    notebook.metadata = nbformat.from_dict(_METADATA)
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number:02d}"
        cell.metadata = nbformat.from_dict(
            {k: v for k, v in cell.metadata.items() if k == "tags"}
        )
        for output in cell.get("outputs", ()):
            if "metadata" in output:
                output.metadata = nbformat.from_dict({})
    return notebook


def outputs(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """Return the outputs of all cells in turn."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield from cell.outputs


def complaints(notebook: NotebookNode) -> list[str]:
    """Return what was written to stderr: warnings and log messages."""
    return [output.text for output in outputs(notebook) if output.get("name") == "stderr"]
