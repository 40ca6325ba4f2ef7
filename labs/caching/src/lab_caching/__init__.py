"""
When may we answer without asking?

``remember(name, *parts, compute=…, topics=[…], policy=Policy(…), kind=…)`` answers from the cache, or from the source
once for all who ask at the same time (``reading``). ``bump(*topics)`` lets go, on commit, of every answer that depends on
a topic (``topics``); ``invalidates(Model, *topics)`` does it at every change of a row, and ``InvalidatingQuerySet`` at
the bulk operations that Django sends no signal of (``invalidation``). ``remembered_answer(request, …, body=…)`` and
``@cached_view(…)`` keep whole answers, with ETag and 304 (``views``). ``Policy`` says for how long, and what happens then
(``policy``). ``metrics.read()`` tells what was answered from where, ``prometheus.CacheCollector`` tells Prometheus.

Below them: ``keys`` tells answers apart, ``locks`` makes one of many compute, ``stores`` speaks to Valkey, Redis and
Memcached, ``breaker`` leaves alone what does not answer, ``local`` is the process's own memory.

``settings.LAB_CACHING = {"URL": "redis://127.0.0.1:6379/0", "PREFIX": "shop:", "TIMEOUT_S": 0.25}``. Nothing has to be
added to ``INSTALLED_APPS``.

In a test that runs in a transaction nothing commits: ``bump`` waits for ever, and a topic that was bumped is answered from
the source. ``django_capture_on_commit_callbacks(execute=True)`` or a transactional test see what callers see.
"""

from lab_caching.invalidation import InvalidatingQuerySet, invalidates
from lab_caching.policy import Policy
from lab_caching.reading import remember
from lab_caching.topics import bump
from lab_caching.views import cached_view, remembered_answer

__all__ = [
    "InvalidatingQuerySet",
    "Policy",
    "bump",
    "cached_view",
    "invalidates",
    "remember",
    "remembered_answer",
]
