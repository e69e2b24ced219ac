"""What pyc says of functions of PyTorch that pyc.nn has not: the notes name what there is."""

import re

import numpy as np

from pyc import nn
from pyc.frontend.nn_missing import INSTEAD, notes


def test_notes_name_what_is_supported() -> None:
    for name, text in INSTEAD.items():
        for said in re.findall(r"`(?:.*?\b)?nn\.(\w+)", text):
            assert said in nn.__all__, f"{name}: nn.{said}"
        for said in re.findall(r"\bnp\.(\w+)", text):
            assert hasattr(np, said), f"{name}: np.{said}"


def test_no_note_for_what_there_is() -> None:
    assert not {*INSTEAD} & {*nn.__all__}


def test_a_misspelt_name_has_the_right_one() -> None:
    assert "`softmax`" in notes("softmx", nn.__all__)[0].message
