"""What pyc says of names of NumPy that do not compile: each has a note, and the notes name what is supported."""

import re

import numpy as np

from pyc.frontend.builtins_numpy import NAMES
from pyc.frontend.libraries import CONSTANTS
from pyc.frontend.numpy_missing import ATTRIBUTES, INSTEAD, OF_ARRAYS, notes, notes_of_arrays


def test_every_name_has_a_note() -> None:
    for name in dir(np):
        if not name.startswith("_") and name not in NAMES:
            assert notes(name, NAMES), name
    for name in (*OF_ARRAYS, *ATTRIBUTES):
        assert notes_of_arrays(name, ()), name


def test_notes_name_what_is_supported() -> None:
    known = {*NAMES, *CONSTANTS["numpy"]}
    for name, text in INSTEAD.items():
        for said in re.findall(r"`np\.(\w+)", text):
            assert said in known, f"{name}: np.{said}"


def test_no_note_for_what_compiles() -> None:
    assert not {*INSTEAD} & {*NAMES} - {"vectorize", "matrix"}
