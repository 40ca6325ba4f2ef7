"""Which tokens three ways of reading a JWT believe: `.venv/bin/python docs/examples/tokens.py`."""

import base64
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

KEY, ANOTHER_KEY = b"a key for this page, 32 bytes long", b"somebody else's key of enough bytes"
CLAIMS = ["sub", "role", "typ", "aud", "iss", "iat", "exp", "jti"]


def payload_alone(text: str) -> dict[str, Any]:
    """Decode the middle part, as a debugger does."""
    # --8<-- [start:payload-alone]
    return jwt.decode(text, options={"verify_signature": False})
    # --8<-- [end:payload-alone]


def signature_alone(text: str) -> dict[str, Any]:
    """Ask whether the key signed it, and believe what it says."""
    # --8<-- [start:signature-alone]
    return jwt.decode(text, KEY, algorithms=["HS256"], options={"verify_aud": False})
    # --8<-- [end:signature-alone]


def every_claim(text: str) -> dict[str, Any]:
    """Ask what it is for, too: whose, for whom, of which kind, until when."""
    # --8<-- [start:every-claim]
    claims = jwt.decode(
        text, KEY, algorithms=["HS256"], audience="api", issuer="accounts", options={"require": CLAIMS}
    )
    if claims["typ"] != "access":
        raise jwt.InvalidTokenError("This is not an access token.")
    return claims
    # --8<-- [end:every-claim]


def signed(key: bytes = KEY, **but: object) -> str:
    """Return a token that is right in everything but what is named; None leaves a claim out."""
    now = datetime.now(UTC)
    claims: dict[str, object] = {"sub": "bo", "role": "listener", "typ": "access", "aud": "api"}
    claims |= {"iss": "accounts", "iat": now, "exp": now + timedelta(minutes=15), "jti": "1"} | but
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(present, key, algorithm="HS256")


def part(content: dict[str, object]) -> str:
    """Return one of a token's three parts, written by hand."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def tokens() -> dict[str, str]:
    """Return one genuine token, and seven that should open nothing."""
    head, _, signature = signed().split(".")
    staff = part({"sub": "bo", "role": "staff"})
    return {
        "genuine": signed(),
        "role changed to staff": f"{head}.{staff}.{signature}",
        "unsigned, alg: none": f"{part({'alg': 'none', 'typ': 'JWT'})}.{staff}.",
        "signed by another key": signed(ANOTHER_KEY),
        "expired": signed(exp=datetime.now(UTC) - timedelta(seconds=1)),
        "without an expiry": signed(exp=None),
        "for another API": signed(aud="billing"),
        "a refresh token": signed(typ="refresh"),
    }


def answer(read: Callable[[str], dict[str, Any]], text: str) -> str:
    """Return whether this way of reading believes the token."""
    try:
        read(text)
    except jwt.InvalidTokenError:
        return "refused"
    return "accepted"


def main() -> None:
    """Write the table."""
    ways = {"payload alone": payload_alone, "signature alone": signature_alone, "every claim": every_claim}
    answers = {name: [answer(read, text) for read in ways.values()] for name, text in tokens().items()}
    columns = zip(*answers.values(), strict=True)
    believed = [f"{column.count('accepted')} of {len(column)}" for column in columns]
    for name, row in {"token": list(ways), **answers, "accepted": believed}.items():
        sys.stdout.write(f"{name:<23}{row[0]:<15}{row[1]:<17}{row[2]}\n")


if __name__ == "__main__":
    main()
