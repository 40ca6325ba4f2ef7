"""What search holds: words of the catalogue, and nothing of who searches."""

from audiobooks.discovery import models
from audiobooks.personal_data import Held, Nobodys

HELD: tuple[Held, ...] = ()
NOBODYS: Nobodys = {
    models.AudiobookDocument: "Words of recordings.",
    models.PersonDocument: "Names of people of the catalogue.",
    models.SeriesDocument: "Titles of series.",
}
