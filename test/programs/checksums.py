"""Checksums and hashes on unsigned integers: CRC-32, Adler-32, FNV-1a and the rounds of SHA-256."""

import numpy as np

from pyc import Tensor, u8, u32, u64


def crc32[N](data: Tensor[u8, N]) -> u32:
    crc = u32(0xFFFFFFFF)
    for byte in data:
        crc ^= u32(byte)
        for _ in range(8):
            if crc & u32(1):
                crc = (crc >> u32(1)) ^ u32(0xEDB88320)
            else:
                crc >>= u32(1)
    return crc ^ u32(0xFFFFFFFF)


def adler32[N](data: Tensor[u8, N]) -> int:
    a, b = 1, 0
    for byte in data:
        a = (a + int(byte)) % 65521
        b = (b + a) % 65521
    return (b << 16) | a


def fnv1a[N](data: Tensor[u8, N]) -> u64:
    h = u64(0xCBF29CE484222325)
    for byte in data:
        h = (h ^ u64(byte)) * u64(0x100000001B3)
    return h


def rotate(x: u32, n: u32) -> u32:
    return (x >> n) | (x << (u32(32) - n))


def sha256_block(state: Tensor[u32, 8], block: Tensor[u32, 16], k: Tensor[u32, 64]) -> None:
    w = np.zeros(64, dtype=np.uint32)
    w[:16] = block
    for i in range(16, 64):
        s0 = rotate(w[i - 15], u32(7)) ^ rotate(w[i - 15], u32(18)) ^ (w[i - 15] >> u32(3))
        s1 = rotate(w[i - 2], u32(17)) ^ rotate(w[i - 2], u32(19)) ^ (w[i - 2] >> u32(10))
        w[i] = w[i - 16] + s0 + w[i - 7] + s1
    a, b, c, d, e, f, g, h = state
    for i in range(64):
        s1 = rotate(e, u32(6)) ^ rotate(e, u32(11)) ^ rotate(e, u32(25))
        t1 = h + s1 + ((e & f) ^ (~e & g)) + k[i] + w[i]
        s0 = rotate(a, u32(2)) ^ rotate(a, u32(13)) ^ rotate(a, u32(22))
        t2 = s0 + ((a & b) ^ (a & c) ^ (b & c))
        a, b, c, d, e, f, g, h = t1 + t2, a, b, c, d + t1, e, f, g
    state += np.array([a, b, c, d, e, f, g, h], dtype=np.uint32)


def cases():
    rng = np.random.default_rng(23)
    for n in (0, 1, 33):
        data = rng.integers(0, 256, n, np.uint8)
        yield "crc32", (data,)
        yield "adler32", (data,)
        yield "fnv1a", (data,)
    words = [rng.integers(0, 2**32, n, np.uint32) for n in (8, 16, 64)]
    yield "sha256_block", tuple(words)
