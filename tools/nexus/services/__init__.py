"""PostgreSQL, Valkey and RabbitMQ: real engines, from the environment, a wheel, or this machine."""

from nexus.services.session import Session, is_in_use, remove_stale_runs, session
from nexus.services.state import CHECKOUT, State, checkout_state, new_ephemeral_state

__all__ = [
    "CHECKOUT",
    "Session",
    "State",
    "checkout_state",
    "is_in_use",
    "new_ephemeral_state",
    "remove_stale_runs",
    "session",
]
