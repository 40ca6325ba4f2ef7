"""How long a caller is asked to wait."""

from urllib.parse import quote

from nexus.labs.checking import check
from nexus.labs.site import Site


# --8<-- [start:check]
@check("A wait of 29.5 seconds is announced as 30: whole seconds, rounded up.")
def a_wait_is_rounded_up(site: Site) -> None:
    """Who comes back after 29 is refused again."""
    answer = site.get("/busy/?wait_s=29.5")
    answer.expect_status(503)
    answer.expect_header("Retry-After", "30")


# --8<-- [end:check]


@check("A wait that is over is announced as 0.")
def no_wait_is_negative(site: Site) -> None:
    """The header takes no sign (RFC 9110, section 10.2.3: delay-seconds)."""
    answer = site.get("/busy/?wait_s=-2.5")
    answer.expect_status(503)
    answer.expect_header("Retry-After", "0")


@check("The 120 seconds of a server behind yours are passed on.")
def seconds_are_read(site: Site) -> None:
    """One of the header's two forms."""
    relayed(site, "120", "120")


@check("The date of a server behind yours, 90 seconds away, is passed on as 90.")
def a_date_is_read(site: Site) -> None:
    """The other form. The playground's clock stands at noon."""
    relayed(site, "Wed, 25 Nov 2026 12:01:30 GMT", "90")


@check("What is neither seconds nor a date is a ValueError, which the playground answers by 502.")
def nonsense_is_refused(site: Site) -> None:
    """A guess would be worse than saying so."""
    site.get("/relay/?upstream=soon").expect_status(502)


def relayed(site: Site, upstream: str, expected: str) -> None:
    """Fail unless what ``upstream`` asks for is passed on as ``expected`` seconds."""
    answer = site.get(f"/relay/?upstream={quote(upstream)}")
    answer.expect_status(503)
    answer.expect_header("Retry-After", expected)
