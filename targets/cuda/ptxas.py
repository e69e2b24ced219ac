"""NVIDIA's tools, where they are installed: ``ptxas``, which makes cubins of PTX, and the library libdevice.

Both are looked for in the PyPI packages (``nvidia-cuda-nvcc``, ``nvidia-nvvm``), then where ``CUDA_HOME`` or
``CUDA_PATH`` says, then next to what is on the ``PATH``, then in ``/usr/local/cuda``. Nothing of them is ever run or
read by a bundle.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError, Diagnostic


@dataclass(frozen=True)
class Chip:
    """A GPU's name, the oldest PTX that knows it (as ``70`` for 7.0), and the chip of ``.target`` in portable PTX."""

    name: str
    ptx: int


#: LLVM aborts where the PTX version is too old for the chip.
CHIPS = {
    c.name: c
    for c in (
        Chip("sm_80", 70),
        Chip("sm_86", 71),
        Chip("sm_89", 78),
        Chip("sm_90", 78),
        Chip("sm_90a", 80),
        Chip("sm_100", 86),
        Chip("sm_100a", 86),
        Chip("sm_120", 87),
    )
}
#: PTX for it runs on every chip that pyc knows: PTX of the ``a`` chips runs on no other.
PORTABLE = CHIPS["sm_80"]


def find_ptxas() -> Path | None:
    """The ptxas that would be used."""
    return next(
        (p for root in _roots() for p in (root / "bin" / "ptxas", root / "bin" / "ptxas.exe") if p.is_file()), None
    )


def find_libdevice() -> Path | None:
    """The bitcode of libdevice."""
    return next((p for root in _roots() if (p := root / "nvvm" / "libdevice" / "libdevice.10.bc").is_file()), None)


def libdevice(needed_by: str) -> bytes:
    """The bitcode of libdevice.

    Raises:
        CompileError: E520, it is not installed; ``needed_by`` says what for.
    """
    path = find_libdevice()
    if path is None:
        raise CompileError([Diagnostic("E520", f"libdevice is not installed, and the program needs it ({needed_by})")])
    return path.read_bytes()


def assemble(ptx: str, chip: str) -> tuple[bytes, str]:
    """The cubin of PTX for a chip, and what ptxas reports of its kernels (registers, spills).

    Raises:
        CompileError: E521, there is no ptxas; E522, it refused the PTX.
    """
    tool = find_ptxas()
    if tool is None:
        raise CompileError([Diagnostic("E521", "ptxas is not installed, and a cubin needs it")])
    with tempfile.TemporaryDirectory(prefix="pyc-") as folder:
        source, target = Path(folder, "kernels.ptx"), Path(folder, "kernels.cubin")
        source.write_text(ptx, encoding="utf-8")
        command = [str(tool), "-v", f"-arch={chip}", str(source), "-o", str(target)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr or done.stdout).strip().splitlines()
            raise CompileError(
                [Diagnostic("E522", f"ptxas failed for {chip}: {reason[0] if reason else 'no message'}")]
            )
        return target.read_bytes(), done.stdout + done.stderr


@cache
def _roots() -> tuple[Path, ...]:
    """Folders laid out as a CUDA toolkit is, in order of preference."""
    return tuple(dict.fromkeys(p for p in _candidates() if p.is_dir()))


def _candidates() -> Iterator[Path]:
    found = importlib.util.find_spec("nvidia")
    for place in () if found is None or found.submodule_search_locations is None else found.submodule_search_locations:
        yield from sorted(Path(place).glob("cu[0-9]*"), reverse=True)
        # Packages before CUDA 13 have a folder each.
        yield Path(place, "cuda_nvcc")
    for variable in ("CUDA_HOME", "CUDA_PATH"):
        if variable in os.environ:
            yield Path(os.environ[variable])
    for tool in ("ptxas", "nvcc"):
        if (path := shutil.which(tool)) is not None:
            yield Path(path).resolve().parent.parent
            yield Path(path).parent.parent
    yield Path("/usr/local/cuda")
