"""The last two steps: a call ends, is repeated where that is safe, and leads only where it may."""

from typing import Any
from urllib.parse import quote

from caching_checks.service import Service, drips, replies
from caching_checks.targets import Playground
from nexus.labs.checking import check
from nexus.labs.site import Answer


def call(site: Playground, method: str, url: str, *allowed: Service, **how: Any) -> tuple[Answer, object]:
    """Let the stage call an address, by a client that may call these services; return what came of it."""
    hosts = [f"{service.host}:{service.port}" for service in allowed]
    answer = site.post("/stage/calls/", method=method, url=url, hosts=hosts, **how)
    outcome = answer.json_object()
    return answer, outcome.get("error", outcome.get("status"))


def expect_calls(
    site: Playground, service: Service, method: str, url: str, times: int, came: object, **how: Any
) -> None:
    answer, outcome = call(site, method, url, service, **how)
    answer.expect(outcome == came, f"{came}", f"{outcome}")
    asked = len(service.asked)
    answer.expect(asked == times, f"the service asked {times}×", f"asked {asked}×")


@check("A service that sends a byte each 0.15 s for 3 s is given up at the deadline of 1 s.")
def a_drip_ends_at_the_deadline(site: Playground) -> None:
    with Service() as service:
        answer, outcome = call(site, "GET", service.at("/", drips(3)), service)
    answer.expect(outcome == "DeadlineExceeded", "DeadlineExceeded", f"{outcome}")


@check("A GET that is answered 503 is sent again.")
def a_get_is_tried_again(site: Playground) -> None:
    with Service() as service:
        url = service.at("/", replies(503), replies(200))
        expect_calls(site, service, "GET", url, 2, 200)


@check("A POST that is answered 503 is not sent again: it may have been done.")
def a_post_is_sent_once(site: Playground) -> None:
    with Service() as service:
        url = service.at("/orders", replies(503), replies(201))
        expect_calls(site, service, "POST", url, 1, "ServiceFailed")


@check("A POST with an idempotency key is sent again.")
def a_post_with_a_key_is_tried_again(site: Playground) -> None:
    with Service() as service:
        url = service.at("/orders", replies(503), replies(201))
        expect_calls(site, service, "POST", url, 2, 201, key="order-7")


@check("A 501 is not asked for again: no attempt can change it.")
def what_no_attempt_can_change_is_asked_once(site: Playground) -> None:
    with Service() as service:
        expect_calls(site, service, "GET", service.at("/", replies(501)), 1, "ServiceFailed")


@check("An address is what it leads to: one of this machine is not public, however it is written.")
def an_address_is_what_it_leads_to(site: Playground) -> None:
    for address, is_public in {
        "8.8.8.8": True,
        "2606:4700:4700::1111": True,
        "64:ff9b::8.8.8.8": True,
        "127.0.0.1": False,
        "169.254.169.254": False,
        "100.64.0.1": False,
        "224.0.0.1": False,
        "64:ff9b::127.0.0.1": False,
        "::ffff:169.254.169.254": False,
        "2002:7f00:1::": False,
        "fec0::1": False,
        "fc00::1": False,
    }.items():
        answer = site.get(f"/stage/addresses/?address={quote(address)}")
        answer.expect_status(200)
        found = answer.json_object().get("is_public")
        answer.expect(found == is_public, f"{address} public: {is_public}", f"{found}")


@check("A redirect to a host that is allowed is followed; one that never ends is given up.")
def a_redirect_is_followed(site: Playground) -> None:
    with Service() as service, Service() as other:
        url = service.at("/", replies(302, Location=other.at("/", replies(200))))
        answer, outcome = call(site, "GET", url, service, other)
        answer.expect(outcome == 200, "200", f"{outcome}")
        answer, outcome = call(site, "GET", service.at("/round", replies(302, Location="/round")), service)
        answer.expect(outcome == "TooManyRedirects", "TooManyRedirects", f"{outcome}")


@check("A redirect to a host that is not allowed is refused, and nothing is sent there.")
def a_redirect_is_looked_at_again(site: Playground) -> None:
    with Service() as service, Service() as inside:
        url = service.at("/", replies(302, Location=inside.at("/secret", replies(200))))
        answer, outcome = call(site, "GET", url, service)
    answer.expect(outcome == "AddressRefused", "AddressRefused", f"{outcome}")
    answer.expect(not inside.asked, "no request at the other host", f"{len(inside.asked)}")
