"""One spelling for each e-mail address, in ASCII: what cannot be told apart by eye is not two accounts."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.encoding import punycode

# What HTML's <input type=email> accepts before the "@". Django's own check ignores case in Unicode's way, and so
# takes KELVIN SIGN for a k; its quoted form lets spaces and control characters in.
LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
REFUSED = "Write an address like name@example.org, without quotes or accents before the @."


def normal_email(text: str) -> str:
    """
    Return the address with its domain in lower case and, where it is international, in Punycode (RFC 3492).

    Raises Django's ``ValidationError`` for what mail cannot be sent to.
    """
    local, _, domain = text.strip().rpartition("@")
    try:
        address = f"{local}@{punycode(domain).lower()}"
    except UnicodeError as error:
        raise ValidationError(REFUSED, code="invalid") from error
    if not LOCAL_PART.fullmatch(local) or len(address) > 254:
        raise ValidationError(REFUSED, code="invalid")
    validate_email(address)
    return address
