"""What a browser or curl finds: orders to take, five ways, and what became of one."""

from uuid import UUID

import psycopg
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from celery_playground import (
    crew,
    step1_in_the_request,
    step2_delay,
    step3_on_commit,
    step4_outbox,
    step5_receipts,
)
from celery_playground.models import Charge, Order

WAYS = {
    1: step1_in_the_request,
    2: step2_delay,
    3: step3_on_commit,
    4: step4_outbox,
    5: step5_receipts,
}
TABLES = {
    "outboxrow": "SELECT event_id, topic, task, attempt, ids, due_at, sent_at FROM lab_celery_outboxrow ORDER BY id",
    "receipt": "SELECT event_id, task, done_at FROM lab_celery_receipt ORDER BY id",
    "deadletter": "SELECT event_id, task, attempts, reason, died_at FROM lab_celery_deadletter ORDER BY id",
}
ROUTES = """\
curl -X POST '{0}/step5/orders/'      take an order, by step 1 to 5
curl '{0}/orders/<its id>/'           whether it is settled, and how often it is charged
"""


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """GET / → commands to try."""
    return HttpResponse(
        ROUTES.format(request.build_absolute_uri("/").rstrip("/")), content_type="text/plain; charset=utf-8"
    )


@require_POST
def orders(request: HttpRequest, step: int) -> HttpResponse:
    """POST /step{n}/orders/ → 201 with the order's id, settled or not yet."""
    if step not in WAYS:
        raise Http404(f"There is no step {step}.")
    crew.beside()
    return JsonResponse({"id": WAYS[step].place()}, status=201)


# --8<-- [start:order]
@require_GET
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """GET /orders/{id}/ → whether it is settled, and how often it is charged."""
    found = Order.objects.filter(pk=order_id).first()
    if found is None:
        raise Http404("There is no such order.")
    charges = Charge.objects.filter(order_id=order_id).count()
    return JsonResponse({"id": order_id, "is_settled": found.is_settled, "charges": charges})


# --8<-- [end:order]


@require_GET
def checks(request: HttpRequest, table: str) -> HttpResponse:
    """GET /checks/{table}/ → what the checks left in a table of the part, the newest row last."""
    if table not in TABLES:
        raise Http404(f"There is no table {table}.")
    with psycopg.connect(settings.SERVER_URL, dbname="celery_checks") as link:
        found = link.execute(TABLES[table])
        names = [column.name for column in found.description or ()]
        lines = [" | ".join(map(str, row)) for row in (names, *found)]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


urlpatterns = [
    path("", index),
    path("checks/<str:table>/", checks),
    path("step<int:step>/orders/", orders),
    path("orders/<uuid:order_id>/", order),
]
