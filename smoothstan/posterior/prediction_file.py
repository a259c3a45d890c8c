"""Predictions in a file, written block by block: netCDF by h5netcdf, or Zarr."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from smoothstan.errors import OptionError, StorageError

if TYPE_CHECKING:
    import xarray as xr

_ENDINGS = (".nc", ".zarr")
_ZARR_MARKS = ("zarr.json", ".zgroup", ".zarray")
_CHUNK = 2**17
"""Doubles in a chunk of the file: one megabyte, the cache of HDF5."""

_ROWS = 16
"""Blocks are multiples of so many rows; so are chunks, that few are written in two parts."""


class _Target(Protocol):
    """A file that is being written: an array of doubles that takes slices, stored in chunks."""

    @property
    def chunks(self) -> tuple[int, ...]: ...

    def __setitem__(self, place: tuple[slice, ...], values: Any) -> None: ...


_Create = Callable[["xr.DataArray", int], _Target]
"""Makes the variable for all rows, given the first block and how many rows there are."""


def write_blocks(path: str | os.PathLike[str], blocks: Iterable[xr.DataArray], n: int) -> None:
    """Write arrays that follow each other along ``obs`` as one variable.

    Args:
        path: ends in ``.nc`` or ``.zarr``; what stands there is replaced when all is written.
        blocks: arrays with dims (chain, draw, obs, ...), coordinates and a name.
        n: how many rows they have together.

    Raises:
        OptionError: for another ending.
        StorageError: if the file cannot be written, or another kind of thing stands in its place.
        ImportError: for Zarr without the package zarr.
    """
    target = _checked_path(path)
    opened = _zarr_store if target.suffix == ".zarr" else _netcdf_file
    with _replacing(target) as temporary, opened(temporary) as create:
        variable, start = None, 0
        for block in blocks:
            if variable is None:
                variable = create(block, n)
            _put(variable, start, block)
            start += block.sizes["obs"]


def _checked_path(path: str | os.PathLike[str]) -> Path:
    try:
        target = Path(path)
    except TypeError:
        raise StorageError(f"a path is needed, got {path!r}") from None
    if target.suffix not in _ENDINGS:
        raise OptionError(f"the ending says the format: .nc for netCDF, .zarr for Zarr; got {str(target)!r}")
    if target.suffix == ".zarr":
        _need_zarr()
        if target.exists() and not any((target / mark).exists() for mark in _ZARR_MARKS):
            raise StorageError(f"{target} exists and is no Zarr store; it is not replaced")
    elif target.is_dir():
        raise StorageError(f"{target} is a folder, not a file")
    if not target.parent.is_dir():
        raise StorageError(f"cannot write {target}: there is no folder {target.parent}")
    return target


def _need_zarr() -> None:
    try:
        import zarr  # noqa: F401
    except ImportError:
        raise ImportError("writing Zarr needs the package zarr: pip install 'smoothstan[zarr]'") from None


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """Give a path beside the target to write to, and put what was written in its place; nothing is left of a failure.

    Folders cannot be replaced in one step, so an old one is moved away first.
    """
    mark = uuid.uuid4().hex[:12]
    temporary, old = (target.with_name(f".{target.name}-{mark}.{end}") for end in ("part", "old"))
    try:
        yield temporary
        if target.is_dir():
            os.replace(target, old)
        os.replace(temporary, target)
    except OSError as fault:
        if old.exists() and not target.exists():
            os.replace(old, target)
        raise StorageError(f"cannot write {target}: {fault.strerror or fault}") from None
    finally:
        for path in (temporary, old):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _put(variable: _Target, start: int, block: xr.DataArray) -> None:
    """Write a block chunk by chunk: Zarr packs all chunks of an assignment at the same time."""
    n = block.sizes["obs"]
    width = variable.chunks[2]
    ends = [*range(width - start % width, n, width), n]
    for low, high in pairwise([0, *ends]):
        variable[:, :, start + low : start + high] = block.values[:, :, low:high]


def _chunks(shape: tuple[int, ...], block_rows: int) -> tuple[int, ...]:
    """Return the shape of a chunk of (chain, draw, obs, ...): all draws of one chain where they fit.

    It has no more rows than a block, so that writing one takes no more memory than computing it did.
    """
    _, draws, rows, *rest = shape
    width = int(np.prod(rest, dtype=int))
    draws = min(draws, max(1, _CHUNK // (_ROWS * width)))
    together = max(1, _CHUNK // (_ROWS * width * draws)) * _ROWS
    return (1, draws, min(rows, block_rows, together), *rest)


def _whole_coords(first: xr.DataArray, n: int) -> dict[str, Any]:
    """Return the coordinates of all blocks together, by dimension."""
    start = int(first["obs"][0])
    found = {str(dim): np.asarray(first[dim]) for dim in first.dims if dim in first.coords}
    return {**found, "obs": np.arange(start, start + n)}


def _whole_shape(first: xr.DataArray, n: int) -> tuple[int, ...]:
    return tuple(n if dim == "obs" else size for dim, size in first.sizes.items())


@contextmanager
def _netcdf_file(path: Path) -> Iterator[_Create]:
    import h5netcdf

    def create(first: xr.DataArray, n: int) -> _Target:
        shape, dims = _whole_shape(first, n), tuple(map(str, first.dims))
        file.dimensions = dict(zip(dims, shape, strict=True))
        for dim, values in _whole_coords(first, n).items():
            if values.dtype.kind == "U":
                # What h5py reads as text of any length.
                file.create_variable(
                    dim, (dim,), dtype=np.dtype("O", metadata={"vlen": str}), data=values.astype(object)
                )
            else:
                file.create_variable(dim, (dim,), data=values)
        made: _Target = file.create_variable(
            str(first.name), dims, dtype=float, chunks=_chunks(shape, first.sizes["obs"]), fillvalue=np.nan
        )  # fmt: skip
        return made

    with h5netcdf.File(path, "w") as file:
        yield create


@contextmanager
def _zarr_store(path: Path) -> Iterator[_Create]:
    import zarr

    def create(first: xr.DataArray, n: int) -> _Target:
        shape = _whole_shape(first, n)
        for dim, values in _whole_coords(first, n).items():
            # Without a fill value, which readers take for missing.
            group.create_array(dim, data=values, fill_value=None, attributes={"_ARRAY_DIMENSIONS": [dim]})
        made: _Target = group.create_array(
            str(first.name), shape=shape, dtype=float, chunks=_chunks(shape, first.sizes["obs"]), fill_value=np.nan,
            attributes={"_ARRAY_DIMENSIONS": list(map(str, first.dims))},
        )  # fmt: skip
        return made

    group = zarr.open_group(str(path), mode="w", zarr_format=2)
    yield create
    zarr.consolidate_metadata(group.store)
