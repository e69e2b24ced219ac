"""From a model to a program of the language: every node of a graph is a line that CPython can run as well."""

from .again import model_again
from .binding import bind
from .definitions import Imported, imported
from .files import read

__all__ = ["Imported", "bind", "imported", "model_again", "read"]
