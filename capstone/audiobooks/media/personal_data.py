"""What media hold of curators: they sent the files, which the recordings are made of, so the files stay."""

from audiobooks.media import models
from audiobooks.personal_data import Held, Nobodys

# --8<-- [start:held]
HELD = (
    Held(
        models.Upload,
        "curator",
        "Files you sent, until 24 hours after their last byte.",
        stays={"curator": None, "file_name": ""},
        impersonal=("sha256",),
    ),
    Held(
        models.Job,
        "curator",
        "What was made of the files you sent.",
        stays={"curator": None, "reason": ""},
        impersonal=("digest", "state", "stage", "reason_code"),
    ),
    Held(
        models.JobSource,
        "job__curator",
        "What your files were called.",
        stays={"file_name": ""},
        impersonal=("sha256",),
    ),
)
NOBODYS: Nobodys = {
    models.SourceFile: "Sound of recordings.",
    models.Rendition: "Recordings made anew.",
    models.Rendering: "What they were made from.",
}
# --8<-- [end:held]
