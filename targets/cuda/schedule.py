"""The schedules of NVIDIA GPUs: how large blocks and tiles are."""

from __future__ import annotations

from pyc.passes.gpu_schedule import GpuSchedule, MatmulTile

#: For every chip so far. 256 threads give eight warps to hide latency and leave up to 255 registers a thread.
DEFAULT = GpuSchedule(
    maps=((4, 64), (8, 32), (16, 16), (32, 8), (64, 4), (128, 2), (256, 1)),
    rows=((4, 64), (8, 32), (16, 16), (32, 8), (128, 2), (256, 1)),
    columns=(32, 8),
    split_after=8192,
    max_splits=512,
    matmul=MatmulTile(rows=64, columns=64, depth=16, per_thread=4),
)
