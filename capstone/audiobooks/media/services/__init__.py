"""What media does: take uploads, keep files, and prove that they are still what they were."""

from audiobooks.media.services.files import (
    cover_store,
    source_file_store,
    source_file_verify,
    stored_audio_verify,
)
from audiobooks.media.services.jobs import JobBusy, job_begin, job_cancel, job_retry, job_run
from audiobooks.media.services.renditions import (
    renditions_catch_up,
    renditions_due,
    renditions_make,
    replaced_renditions_delete,
)
from audiobooks.media.services.telling import job_over_tell
from audiobooks.media.services.uploads import (
    ChecksumMismatch,
    OffsetMismatch,
    expired_uploads_delete,
    upload_abort,
    upload_append,
    upload_begin,
)

__all__ = [
    "ChecksumMismatch",
    "JobBusy",
    "OffsetMismatch",
    "cover_store",
    "expired_uploads_delete",
    "job_begin",
    "job_cancel",
    "job_over_tell",
    "job_retry",
    "job_run",
    "renditions_catch_up",
    "renditions_due",
    "renditions_make",
    "replaced_renditions_delete",
    "source_file_store",
    "source_file_verify",
    "stored_audio_verify",
    "upload_abort",
    "upload_append",
    "upload_begin",
]
