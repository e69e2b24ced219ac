"""Load an artifact: ``load.py PATH``, perhaps without packages: ``load.py PATH onnxruntime``."""

import sys

import pyc

for name in sys.argv[2:]:
    sys.modules[name] = None
pyc.load(sys.argv[1])
