"""GraphiQL from the site's own files: a page to ask in, for whoever may introspect."""

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>GraphiQL</title>
<link rel="stylesheet" href="{0}graphiql.min.css">
<link rel="stylesheet" href="{0}page.css">
</head>
<body>
<noscript>GraphiQL is a program in JavaScript; the address answers <code>curl</code> as well.</noscript>
<div id="graphiql"></div>
<script src="{0}react.production.min.js"></script>
<script src="{0}react-dom.production.min.js"></script>
<script src="{0}before.js"></script>
<script src="{0}graphiql.min.js"></script>
<script src="{0}page.js"></script>
</body>
</html>
"""
# CodeMirror, GraphiQL's editor, sets styles of its own; scripts come from this site alone, and nothing from another.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def explorer_page(request: HttpRequest, files: str) -> HttpResponse:
    """Return the page; ``files`` is the address of GraphiQL's files, with a slash at its end."""
    headers = {"Content-Security-Policy": POLICY, "Vary": "Accept"}
    return HttpResponse(format_html(PAGE, files), headers=headers)
