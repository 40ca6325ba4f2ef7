"""The capstone as it is served, but that its fast path keeps no answer: a list or a recording is made anew each time."""

from config import wsgi
from config.fast_path import FastPath

application = FastPath(wsgi.django, remembered=lambda _request, _name, make: make())
