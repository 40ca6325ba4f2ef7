"""What a session list shows of the device behind a session."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Device:
    """A name to recognise it by, and the address it was last seen at. Both are what the caller claims."""

    name: str
    address: str | None


def device_from(user_agent: str, address: str | None) -> Device:
    """Return a device from a User-Agent and a client address, fit to be stored and shown: printable and short."""
    printable = "".join(letter if letter.isprintable() else " " for letter in user_agent)
    name = re.sub(r"\s+", " ", printable).strip()[:NAME_LENGTH]
    try:
        known = str(ip_address(address or ""))
    except ValueError:
        known = None
    return Device(name=name or "Unknown device", address=known)
