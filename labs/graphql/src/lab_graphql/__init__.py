"""
Exactly what was asked for, at a cost that is known before: schema-first GraphQL for sync Django, by Ariadne.

``schema.load_schema(sdl, *bindables, rows=…)``
    SDL files and resolvers, checked against each other at start: ``SchemaError`` with file and line.
``graph.Graph(schema, errors=…, limits=…, introspection=…, trusted=…, only_trusted=…)``
    Serves it. ``graph.Context(request)`` is what resolvers get in ``info.context``, one for each request: subclass it.
``views.graph_view(graph, context_for, explorer=…)``
    The Django view: GET for queries, POST of JSON, statuses of GraphQL over HTTP, GraphiQL where you allow it.
``loaders.Loaders``
    ``info.context.loaders[fetch].expect(keys)``, then ``.load(key, *arguments)``: one query for all.
``lookahead.selection_of(info)``
    What is asked for: ``.asks("cast")``, ``.at("edges", "node")``, ``.calls("reviews")``, ``.fields``. A resolver that
    returns ``Shaped(value)`` has already written the answer; ``shape(row, selection)`` cuts a row to it.
``connections``
    ``page_from(first, after, ordering=…)``, ``rows_of(queryset, page, "-year", "-id")``, ``connection_of(rows, page, …)``.
``errors.Errors(problem_for, base)``, ``errors.Refused(type, detail, status=…)``
    Errors with code, path and problem type, by the mapping that your REST interface uses.
``results.typed_result(exception, errors_of)``, ``results.InvalidInput``, ``results.InputError``
    A mutation's wrong input as data.
``limits.Limits``, ``cost``, ``documents.TrustedDocuments``
    How much one request may ask for; documents that were agreed on.
"""
