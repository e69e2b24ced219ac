__version__ = "1.2 final"
from pyc import f64


def f(x: f64) -> f64:
    return x
