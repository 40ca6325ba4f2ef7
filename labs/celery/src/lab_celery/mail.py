"""Letters of events: sent at least once, and always under the same Message-ID."""

from email.utils import parseaddr

from django.core.mail import EmailMessage

from lab_celery.subscriptions import Delivery


def send(message: EmailMessage, delivery: Delivery) -> None:
    """
    Send a letter, as the last thing an effect does.

    SMTP cannot be rolled back. A worker that dies after the server's "250" and before the commit of the receipt, some
    milliseconds, sends the letter again when the event is delivered again. The second has the same Message-ID
    (RFC 5322, section 3.6.4), by which mailboxes show one of the two. Raises what ``message.send`` raises.
    """
    sender = parseaddr(message.from_email)[1]
    message.extra_headers["Message-ID"] = message_id(delivery, sender.rpartition("@")[2] or "localhost")
    message.send()


def message_id(delivery: Delivery, domain: str) -> str:
    """Return the Message-ID of a task's letter on an event: the same at every attempt, another for every event and task."""
    # --8<-- [start:message-id]
    return f"<{delivery.event_id}.{delivery.task}@{domain}>"
    # --8<-- [end:message-id]
