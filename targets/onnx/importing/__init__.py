"""From a model to a program of the language: every node of a graph is a line that CPython can run as well."""

from .again import model_again
from .binding import bind
from .calls import NoCall
from .definitions import Imported, imported
from .files import read
from .rebuilt import said_of_definitions

__all__ = ["Imported", "NoCall", "bind", "imported", "model_again", "read", "said_of_definitions"]
