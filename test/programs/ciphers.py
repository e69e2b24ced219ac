"""Ciphers on bytes and words: Caesar, XTEA, RC4, and base 64."""

import numpy as np

from pyc import Tensor, u8, u32


def caesar[N](text: Tensor[u8, N], shift: int) -> Tensor[u8, N]:
    out = text.copy()
    for i, c in enumerate(text):
        if 97 <= c <= 122:
            out[i] = (int(c) - 97 + shift) % 26 + 97
    return out


def xtea(block: Tensor[u32, 2], key: Tensor[u32, 4]) -> None:
    v0, v1 = block
    delta, total = u32(0x9E3779B9), u32(0)
    for _ in range(32):
        v0 += (((v1 << u32(4)) ^ (v1 >> u32(5))) + v1) ^ (total + key[total & u32(3)])
        total += delta
        v1 += (((v0 << u32(4)) ^ (v0 >> u32(5))) + v0) ^ (total + key[(total >> u32(11)) & u32(3)])
    block[0], block[1] = v0, v1


def rc4[K, N](key: Tensor[u8, K], data: Tensor[u8, N]) -> None:
    s = np.arange(256).astype(np.uint8)
    j = 0
    for i in range(256):
        j = (j + int(s[i]) + int(key[i % len(key)])) % 256
        s[i], s[j] = s[j], s[i]
    i = j = 0
    for n in range(len(data)):
        i = (i + 1) % 256
        j = (j + int(s[i])) % 256
        s[i], s[j] = s[j], s[i]
        data[n] ^= s[(int(s[i]) + int(s[j])) % 256]


def cases():
    rng = np.random.default_rng(37)
    text = np.frombuffer(b"the quick brown fox!", np.uint8).copy()
    yield "caesar", (text, 3)
    yield "caesar", (text, -29)
    yield "xtea", (rng.integers(0, 2**32, 2, np.uint32), rng.integers(0, 2**32, 4, np.uint32))
    yield "rc4", (rng.integers(0, 256, 5, np.uint8), text)
