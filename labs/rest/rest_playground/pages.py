"""What a browser or curl finds beside the steps: the routes, and what each problem type means."""

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join

ROUTES = """\
{0}/docs/ shows every address in a browser, and sends requests.

curl '{0}/step1/readings/' | wc -c              every reading, in one answer
curl '{0}/step2/readings/7/'                    one reading; PUT, PATCH and DELETE it, as anybody may
curl '{0}/step3/numbered/?page=2000'            25 readings by OFFSET
curl -i '{0}/step3/readings/?limit=3'           3 readings by keyset; follow the Link header
curl '{0}/step3/readings/?station=S07&is_verified=true'
curl '{0}/step3/readings/?limit=1000'           a problem document: the limit has a maximum
curl '{0}/step3/readings/?colour=red'           a problem document: nobody declared "colour"

curl '{0}/step4/tokens/' --json '{{"name": "ada", "password": "rain-gauge-7"}}'
TOKEN=…                                         the access_token; bo's password is wind-vane-3, and bo may only read
curl '{0}/step4/readings/7/' -X PATCH --oauth2-bearer $TOKEN --json '{{"wind_kmh": 20}}'

curl -i '{0}/step5/readings/7/'                 look at the ETag
curl -i '{0}/step5/readings/7/' -H 'If-None-Match: "…"'
curl '{0}/step5/readings/7/' -X PATCH --oauth2-bearer $TOKEN --json '{{"wind_kmh": 30}}' -H 'If-Match: "…"'
curl '{0}/step5/readings/' --oauth2-bearer $TOKEN -H 'Idempotency-Key: "a-1"' \\
  --json '{{"station": "S07", "recorded_at": "2026-01-01T00:00Z", "temperature_c": 4.5, "wind_kmh": 12}}'
"""

PROBLEMS = {
    "authentication-failed": "The credentials were not accepted.",
    "bad-request": "The request could not be read, or is refused.",
    "content-too-large": "The body is larger than this service reads.",
    "csrf-failed": "The form came without its CSRF token.",
    "idempotency-key-in-flight": "The first request with this key is still running; Retry-After says when to ask.",
    "idempotency-key-required": "This address creates or charges: send an Idempotency-Key.",
    "idempotency-key-reused": "The key was sent with another request. A new request needs a new key.",
    "invalid-cursor": "The cursor was altered, has expired, or belongs to another list. Start again without it.",
    "invalid-entity-tag": "If-Match or If-None-Match is no list of entity tags. Send the ETag with its quotes.",
    "invalid-idempotency-key": "The key is not one of 1 to 255 printable ASCII characters.",
    "invalid-input": "The body was read, but some of its values are not valid; errors points at each.",
    "invalid-query": "Some query parameters are unknown or not valid; errors names each.",
    "method-not-allowed": "The address knows other methods; Allow lists them.",
    "not-acceptable": "The Accept header excludes everything the address can answer.",
    "not-authenticated": "Credentials are missing; WWW-Authenticate says which.",
    "not-found": "There is nothing at this address.",
    "parse-error": "The body is not what its Content-Type says.",
    "permission-denied": "The credentials do not permit this.",
    "precondition-failed": "It has changed since you read it. Read it again.",
    "precondition-required": "Send the ETag of what you read in If-Match, so that you overwrite nothing unseen.",
    "server-error": "A defect of ours. Quote request_id when you report it.",
    "throttled": "Too many requests; Retry-After says how many seconds to wait.",
    "too-many-fields": "The form has more fields than this service reads.",
    "too-many-files": "The form has more files than this service reads.",
    "unknown-host": "The Host header names a host this service does not answer to.",
    "unstorable-text": "Some text contains a NUL or a surrogate, which PostgreSQL cannot store.",
    "unsupported-media-type": "The body has another Content-Type than the address reads; Accept lists those.",
}


def index(request: HttpRequest) -> HttpResponse:
    """GET / → commands to try."""
    return HttpResponse(
        ROUTES.format(f"http://{request.get_host()}"), content_type="text/plain; charset=utf-8"
    )


def errors(request: HttpRequest) -> HttpResponse:
    """GET /errors/ → where every problem's ``type`` leads: ``/errors/#not-found``."""
    terms = format_html_join("\n", '<dt id="{0}">{0}</dt><dd>{1}</dd>', PROBLEMS.items())
    title = "Problem types"
    page = '<!doctype html><html lang="en"><title>{0}</title><h1>{0}</h1><dl>{1}</dl></html>'
    return HttpResponse(format_html(page, title, terms))
