"""Write a weights file: ``weights.py FILE NAME=DTYPE,EXTENT,...``."""

import sys

import numpy as np

path, *given = sys.argv[1:]
arrays = {}
for words in given:
    name, _, kind = words.partition("=")
    dtype, *extents = kind.split(",")
    arrays[name] = np.ones([int(e) for e in extents], dtype)
np.savez(path, **arrays)
