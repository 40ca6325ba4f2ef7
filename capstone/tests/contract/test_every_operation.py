"""
Requests made from the OpenAPI document, right ones and wrong ones, for every operation it names.

Nobody wrote these requests down: schemathesis derives them from the schemas, at the borders of what they allow and
beyond. Each is sent as one of four callers, three in four about a thing that exists, and leaves the database as it was.
The requests are the same in every run; with ``NEXUS_ALL`` there are more, and other ones every time.
"""

import os
from binascii import crc32
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from contract.document import with_what_exists
from contract.scene import Scene, count, make_scene
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from schemathesis import checks as built_in
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks as openapi_checks

from audiobooks.accounts import limits
from audiobooks.accounts.rest.browser import COOKIE

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

CALLERS = ("anonymous", "owner", "curator", "staff")
AT_NIGHT = bool(os.environ.get("NEXUS_ALL"))
EXAMPLES = 200 if AT_NIGHT else 20

# `positive_data_acceptance` is not among them: a schema cannot say that a book of this id exists, or this version.
CHECKS = [
    built_in.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.missing_required_header,
    openapi_checks.unsupported_method,
]
negative_data_rejection = openapi_checks.negative_data_rejection  # of what the case got wrong on purpose

REFUSALS = {"expected-statuses": [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428]}

api = schemathesis.openapi.from_path(
    settings.CAPSTONE_DIR / "openapi.yaml",
    config=schemathesis.Config.from_dict(
        {
            "generation": {
                "max-examples": EXAMPLES,
                "deterministic": not AT_NIGHT,
                "with-security-parameters": False,  # the callers below have tokens
            },
            "checks": {"negative_data_rejection": REFUSALS, "missing_required_header": REFUSALS},
        }
        | ({} if AT_NIGHT else {"seed": 1})
    ),
)
api.app = get_wsgi_application()


@pytest.fixture
def scene(db) -> Iterator[Scene]:
    """A WSGI request ends by closing connections in a transaction: here that is the test's (Django's client too)."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield make_scene()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@api.parametrize()
@hypothesis_settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_every_operation_keeps_what_the_document_promises(case, scene: Scene, request):
    count(request.node, "schemathesis cases")
    dice = crc32(repr((case.path_parameters, case.query, case.headers, case.body)).encode("utf-8", "replace"))
    caller = CALLERS[dice % 4]
    wrong = {place for place, part in case.meta.components.items() if part.mode.is_negative}
    put_what_exists_into(case, wrong, scene, dice >> 2)
    headers = {} if caller == "anonymous" else {"Authorization": f"Bearer {scene.tokens[caller]}"}
    cookies = {} if caller == "anonymous" else {COOKIE: scene.refresh_tokens[caller]}
    limits.NAMESPACE = uuid4().hex  # each request is the first that the limits count

    undone = transaction.atomic()
    undone._from_testcase = (
        True  # the idempotency record wants the outermost transaction, and may have it here too
    )
    with undone:
        response = case.call(headers=headers, cookies=cookies)
        transaction.set_rollback(True)

    case.validate_response(
        response, checks=[*CHECKS, *([negative_data_rejection] if wrong else [])], headers=headers
    )


def put_what_exists_into(case: Any, wrong: set[ParameterLocation], scene: Scene, dice: int) -> None:
    """Three times in four, aim a request at things that exist and their versions; what is wrong on purpose stays."""
    if dice % 4 and ParameterLocation.PATH not in wrong:
        if "id" in case.path_parameters:
            ids = scene.ids_in(case.path)
            case.path_parameters["id"] = str(ids[dice // 4 % len(ids)])
        if "position" in case.path_parameters:
            case.path_parameters["position"] = 1 + dice // 4 % 3
    if dice // 16 % 4 and ParameterLocation.HEADER not in wrong:
        for name in {"If-Match", "If-None-Match"} & set(case.headers):
            case.headers[name] = scene.etag(case.path_parameters.get("id", ""))
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'
    if dice // 64 % 4 and ParameterLocation.BODY not in wrong:
        case.body = with_what_exists(case.body, scene.values, dice)
