"""What a browser or curl finds beside the graphs: what to try, and what each problem type means."""

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join

ROUTES = """\
Open {0}/step4/graphql/ in a browser: GraphiQL asks, and shows the schema.
The header X-Queries counts the queries; extensions.cost is what the answer was priced at.

ask() {{ curl -si '{0}/'$1'/graphql/' --json "$(jq -n --arg q "$2" '{{query: $q}}')" | grep -i '^x-queries\\|^{{'; }}

ask step1 '{{films {{nodes {{title studio {{name}} director {{name}} cast {{name}}}}}}}}'      61 queries
ask step3 '{{films {{nodes {{title studio {{name}} director {{name}} cast {{name}}}}}}}}'      4 queries: by loaders
ask step4 '{{films {{nodes {{title studio {{name}} director {{name}} cast {{name}}}}}}}}'      2 queries: by look-ahead
ask step5 '{{films {{nodes {{title studio {{name}} director {{name}} cast {{name}}}}}}}}'      1 query: PostgreSQL writes the JSON
ask step4 '{{films(first: 100) {{nodes {{director {{directed(first: 100) {{title}}}}}}}}}}'    refused: too costly
ask step4 'mutation {{reviewAdd(input: {{filmId: 1, stars: 9, text: "!"}}) {{... on InvalidInput {{errors {{path code}}}}}}}}'

curl '{0}/rest/films/'                                                                  the same films over REST
"""

PROBLEMS = {
    "batch-off": "An array of requests: send one at a time.",
    "content-too-large": "The body is larger than this service reads.",
    "document-too-long": "The document has more characters than this service reads.",
    "introspection-off": "The schema is published elsewhere; it is not told here.",
    "invalid-cursor": "The cursor was altered, or belongs to another list. Start again without it.",
    "invalid-document": "The document does not fit the schema; each error has its place.",
    "invalid-page": "first is out of bounds.",
    "invalid-request": "The request has not the form of GraphQL over HTTP.",
    "invalid-variables": "The variables do not fit what the document declares.",
    "list-too-long": "A list in the arguments or variables has too many items.",
    "method-not-allowed": "Use POST; a query may also come by GET.",
    "not-acceptable": "The Accept header excludes everything the address can answer.",
    "only-trusted-documents": "This graph answers documents that were agreed on; name one in documentId.",
    "out-of-time": "The query took too long and was ended.",
    "server-error": "A defect of ours. Quote request_id when you report it.",
    "syntax-error": "The document is not GraphQL; the error has its place.",
    "too-costly": "The answer might hold too many objects. Ask for shorter lists.",
    "too-deep": "Too many levels of fields, braces or brackets.",
    "too-many-aliases": "Too many fields under names of your own.",
    "too-many-fields": "Too many fields and fragments are written in the document.",
    "too-many-tokens": "The document is too large to be parsed.",
    "unknown-document": "No document has this id here.",
    "unknown-operation": "The document has several operations, or none of this name: say operationName.",
    "unstorable-text": "Some text contains a NUL, which PostgreSQL cannot store.",
    "unsupported-media-type": "Send application/json.",
}


def index(request: HttpRequest) -> HttpResponse:
    """GET / → commands to try."""
    text = ROUTES.format(f"http://{request.get_host()}")
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def errors(request: HttpRequest) -> HttpResponse:
    """GET /errors/ → where every problem's ``type`` leads: ``/errors/#too-deep``."""
    terms = format_html_join("\n", '<dt id="{0}">{0}</dt><dd>{1}</dd>', PROBLEMS.items())
    page = '<!doctype html><html lang="en"><title>{0}</title><h1>{0}</h1><dl>{1}</dl></html>'
    return HttpResponse(format_html(page, "Problem types", terms))
