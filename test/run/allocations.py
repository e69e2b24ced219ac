"""Compiled code whose allocations are counted, or made to fail: its C library is one that keeps the books."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

import llvmlite.binding as binding

from pyc.artifact import Artifact
from pyc.targets import llvm
from pyc.targets.cpu.runtime import Bundle, made_function, symbols_of

_C = ctypes.CDLL(None)
_C.aligned_alloc.restype = ctypes.c_void_p
_C.aligned_alloc.argtypes = [ctypes.c_size_t, ctypes.c_size_t]
_C.free.argtypes = [ctypes.c_void_p]
_C.free.restype = None


@dataclass
class Books:
    """What compiled code has allocated: ``live`` maps addresses to bytes. The allocation after ``limit`` ones fails."""

    live: dict[int, int] = field(default_factory=dict)
    allocations: int = 0
    peak: int = 0
    limit: int | None = None

    def allocate(self, alignment: int, size: int) -> int | None:
        if self.limit is not None and self.allocations >= self.limit:
            return None
        self.allocations += 1
        address = _C.aligned_alloc(alignment, size)
        self.live[address] = size
        self.peak = max(self.peak, sum(self.live.values()))
        return address

    def free(self, address: int | None) -> None:
        if address:
            del self.live[address]  # a KeyError here is memory freed twice
            _C.free(address)

    def clear(self) -> None:
        """Forget what was counted; nothing may be allocated."""
        assert not self.live, f"{len(self.live)} blocks are not freed"
        self.allocations, self.peak, self.limit = 0, 0, None


def watched(artifact: Artifact) -> tuple[Bundle, Books]:
    """The functions of an artifact of kind ``obj``, and the books on what they allocate."""
    books = Books()
    allocate = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t)(books.allocate)
    free = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(books.free)
    (code,) = artifact.files.values()
    manifest: dict[str, Any] = dict(artifact.metadata)
    names = symbols_of(manifest)
    llvm._binding()
    builder = binding.JITLibraryBuilder().add_object_img(code)
    for name, function in (("aligned_alloc", allocate), ("free", free)):
        builder.import_symbol(name, ctypes.cast(function, ctypes.c_void_p).value)
    builder.add_current_process()
    for name in names:
        builder.export_symbol(name)
    compiler = binding.create_lljit_compiler(
        llvm._target_machine(llvm.cpu_machine("native"), 2), use_jit_link=True, suppress_errors=True
    )
    library: Any = builder.link(compiler, "watched")
    addresses = {name: library[name] for name in names}
    owner = (compiler, library, allocate, free)
    return Bundle(manifest, lambda e: made_function(e, addresses.__getitem__, owner, manifest["release"])), books
