"""What the catalogue holds of those who use this service: nothing. Its people are authors and narrators."""

from audiobooks.catalog import models
from audiobooks.personal_data import Held, Nobodys

HELD: tuple[Held, ...] = ()
NOBODYS: Nobodys = {
    models.Audiobook: "Recordings.",
    models.Book: "Works.",
    models.Book.genres.through: "Which genres a work is of.",
    models.Card: "Recordings, as lists and pages show them.",
    models.Chapter: "Where chapters begin.",
    models.Cover: "Pictures of recordings.",
    models.Credit: "Who wrote or read what.",
    models.ExternalId: "What other catalogues call a recording.",
    models.Genre: "Genres.",
    models.Person: "Authors and narrators, as title pages name them.",
    models.PersonRedirect: "Authors that were merged.",
    models.Publisher: "Publishers.",
    models.Rating: "How many stars a recording has, and not of whom.",
    models.Series: "Series.",
    models.SeriesEntry: "Which work is where in a series.",
}
