"""The capstone as it is served, but that it keeps no answer of the catalogue: each is made anew."""

from importlib import import_module

from config import wsgi
from config.fast_path import FastPath

application = FastPath(wsgi.django, remembered=lambda _request, _name, make: make())
caching = import_module("audiobooks.catalog.rest.caching")  # after Django is set up
caching.remember = lambda *_parts, compute, **_bounds: compute()  # type: ignore[attr-defined]
