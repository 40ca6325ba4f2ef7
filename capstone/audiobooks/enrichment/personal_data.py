"""What enrichment holds of curators: who asked, and who decided."""

from audiobooks.enrichment import models
from audiobooks.personal_data import Held, Nobodys

HELD = (
    Held(
        models.Lookup,
        "curator",
        "Recordings you had looked up in another catalogue.",
        stays={"curator": None},
        impersonal=("isbn", "title", "author", "state", "reason_code", "reason"),
    ),
    Held(
        models.Proposal,
        "decided_by",
        "Proposals of another catalogue that you took or refused.",
        stays={"decided_by": None},
        impersonal=("field", "current_value", "proposed_value", "source", "state"),
    ),
)
NOBODYS: Nobodys = {}
