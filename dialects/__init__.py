"""The pyc dialect and the one door to MLIR.

**Invariant:** nothing here knows Python syntax, passes or targets' code; only ``mlir.py`` imports the bindings.
"""
