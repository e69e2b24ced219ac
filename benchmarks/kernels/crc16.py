"""A checksum, bit by bit."""

import numpy as np

from pyc import Tensor, u8


def crc16[N](data: Tensor[u8, N], poly: int = 0x8408) -> int:
    crc = 0xFFFF
    for b in data:
        cur_byte = 0xFF & int(b)
        for _ in range(8):
            if (crc & 0x0001) ^ (cur_byte & 0x0001):
                crc = (crc >> 1) ^ poly
            else:
                crc >>= 1
            cur_byte >>= 1
    crc = ~crc & 0xFFFF
    crc = (crc << 8) | ((crc >> 8) & 0xFF)
    return crc & 0xFFFF


SIZES = {"test": (33,), "small": (1600,), "medium": (100_000,)}


def arguments(n):
    return (np.random.default_rng(0).integers(0, 256, n).astype(np.uint8),)
