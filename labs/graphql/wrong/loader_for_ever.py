"""
"Loaders are made once, when the module is read: why make them anew for each request?"

Because they remember. What one request has fetched, every later one is told, whoever asks and whatever has changed. It
looks like a cache that was never emptied, and shows one caller what another may see.

Caught by: each_request_sees_what_has_changed
"""


class Loaders:
    def __getitem__(self, fetch):
        # --8<-- [start:request-scope]
        if not hasattr(fetch, "loader"):
            fetched = getattr(fetch, "fetched", None) or (lambda values, loaders: None)
            fetch.loader = Loader(fetch, getattr(fetch, "missing", None), lambda values: fetched(values, self))
        return fetch.loader
        # --8<-- [end:request-scope]
