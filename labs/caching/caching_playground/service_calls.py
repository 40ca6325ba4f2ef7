"""The ways out: to the cache, by a proxy that can be held up, and to services outside, by the part's client."""

import os
from functools import cache as once
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from caching_playground.props import body_of
from caching_playground.proxy import Proxy
from lab_caching.outbound import Client, OutboundError, Rules
from lab_caching.outbound.network import is_public

USUAL_S, IMPATIENT_S = 5, 0.1


@once
def proxy() -> Proxy:
    """Return the way to the cache; from the first call on the part takes it."""
    way = Proxy(os.environ["REDIS_URL"])
    settings.LAB_CACHING = {**settings.LAB_CACHING, "URL": way.url}
    return way


@require_POST
def cache(request: HttpRequest) -> JsonResponse:
    """POST ``{"state": "held" | "open" | "usual"}`` → how often the cache has been asked; held or open, for 0.1 s each time."""
    state = body_of(request)["state"]
    if state == "held":
        proxy().hold_up()
    else:
        proxy().let_go()
    seconds = USUAL_S if state == "usual" else IMPATIENT_S
    settings.LAB_CACHING = {**settings.LAB_CACHING, "TIMEOUT_S": seconds}
    return JsonResponse({"asked": proxy().asked})


@require_POST
def calls(request: HttpRequest) -> JsonResponse:
    """
    POST ``{"method": …, "url": …, "hosts": [host:port, …], "key": …}`` → what the part's client makes of it.

    ``{"status": …}`` or ``{"error": …}``. It may call these hosts, on this machine's 127.0.0.1, for a second, three times.
    """
    wanted = body_of(request)
    rules = Rules(
        hosts=frozenset(wanted["hosts"]),
        schemes=frozenset({"http"}),
        networks=(ip_network("127.0.0.1"),),
        deadline_s=1,
        pause_s=0.01,
    )
    with Client(rules) as client:
        try:
            answer = client.call(wanted["method"], wanted["url"], idempotency_key=wanted.get("key"))
        except OutboundError as error:
            return JsonResponse({"error": type(error).__name__})
    return JsonResponse({"status": answer.status})


@require_GET
def addresses(request: HttpRequest) -> JsonResponse:
    """GET /stage/addresses/?address=… → ``{"is_public": …}``, as the part's client judges it."""
    return JsonResponse({"is_public": is_public(ip_address(request.GET["address"]))})
