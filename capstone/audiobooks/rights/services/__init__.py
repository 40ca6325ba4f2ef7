"""What a person may ask of us: a copy of what is theirs, and that it be deleted."""

from audiobooks.rights.services.erasure import NotErased, account_erase, deletions_carry_out
from audiobooks.rights.services.exports import (
    ExportBusy,
    export_address,
    export_begin,
    export_ready_tell,
    export_run,
    exports_expire,
)

__all__ = [
    "ExportBusy",
    "NotErased",
    "account_erase",
    "deletions_carry_out",
    "export_address",
    "export_begin",
    "export_ready_tell",
    "export_run",
    "exports_expire",
]
