"""
"A GET is for queries: the document begins with one."

A document may hold several operations, and operationName says which is run. The query in front is the disguise.

Caught by: a_mutation_by_get_is_refused
"""


def _only_queries(graph, asking, request):
    if request.method == "POST":
        return
    # --8<-- [start:only-queries]
    is_query = not (asking.query or "").lstrip().startswith("mutation")
    if not is_query:
        raise Refused("method-not-allowed", "Send a mutation by POST.", status=405, headers={"Allow": "POST"})
    # --8<-- [end:only-queries]
