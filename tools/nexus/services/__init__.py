"""PostgreSQL, Valkey and RabbitMQ: real engines, from the environment, a wheel, or this machine."""

from nexus.services.session import Session, remove_stale_runs, session
from nexus.services.state import CHECKOUT, State, checkout_state, new_ephemeral_state

__all__ = [
    "CHECKOUT",
    "Session",
    "State",
    "checkout_state",
    "new_ephemeral_state",
    "remove_stale_runs",
    "session",
]
