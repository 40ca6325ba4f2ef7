"""What search holds of those who use this service: nothing. It keeps no question, and no answer."""

from audiobooks.discovery import models
from audiobooks.personal_data import Held, Nobodys

HELD: tuple[Held, ...] = ()
NOBODYS: Nobodys = {
    models.AudiobookDocument: "The words a recording is found by.",
    models.PersonDocument: "The words an author or narrator is found by.",
    models.SeriesDocument: "The words a series is found by.",
}
