"""
"A parameter that we do not know is none of our business."

Most frameworks do so, and old clients may send what new servers have dropped. But ?sation=S07 then answers all 60,000
readings with a 200, and the caller takes them for those of one station.

Caught by: an_unknown_parameter_is_refused
"""


class AllowListFilterBackend:
    def filter_queryset(self, request, queryset, view):
        # --8<-- [start:allow-list]
        errors = unstorable_parameters(request)
        if not errors and filterset is not None:
            errors = _value_errors(filterset, request)
        if errors:
            raise invalid_query(errors)
        # --8<-- [end:allow-list]
