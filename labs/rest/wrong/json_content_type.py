"""
"The error is JSON, so its type is application/json."

The body is right, and JsonResponse sets the type by itself. But a client, a proxy or a log then has to read each body
to tell an error's six members from an answer's: the type is what says that they are there.

Caught by: an_error_is_sent_as_problem_json
"""


def problem_response(request, problem):
    # --8<-- [start:problem-document]
    document = {
        "type": getattr(settings, "LAB_REST_PROBLEM_BASE", "/errors/#") + problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": escape_leading_slashes(escape_uri_path(request.path)),
        "request_id": request_id_of(request),
    }
    if problem.errors:
        document["errors"] = problem.errors
    return HttpResponse(
        json.dumps(document).encode(),
        status=problem.status,
        headers=problem.headers,
        content_type="application/json",
    )
    # --8<-- [end:problem-document]
