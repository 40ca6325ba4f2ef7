"""
PyAV, loaded by who first uses it: ``from audiobooks.media import ffmpeg as av``.

It takes 20 MB in each process, and those of the API send files to a worker and never look into one.
"""

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    """Return what PyAV has under this name. Raises ``AttributeError``."""
    return getattr(import_module("av"), name)
