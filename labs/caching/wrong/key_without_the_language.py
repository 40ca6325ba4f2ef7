"""
"The address says which page it is."

And the header Accept-Language, a cookie or a setting says in which language. Whoever comes first decides for the next
minute what everybody reads.

Caught by: each_language_has_its_page
"""


def view_key(request, vary):
    # --8<-- [start:view-key]
    return [request.build_absolute_uri(), *[request.headers.get(name) for name in vary]]
    # --8<-- [end:view-key]
