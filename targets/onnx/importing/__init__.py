"""From a model to a program of the language: every node of a graph is a line that CPython can run as well."""

from .binding import bind
from .files import read
from .program import Imported, imported

__all__ = ["Imported", "bind", "imported", "read"]
