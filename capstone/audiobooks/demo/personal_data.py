"""What the demo holds of people: nothing."""

from audiobooks.demo.models import SeedRun
from audiobooks.personal_data import Held, Nobodys

HELD: tuple[Held, ...] = ()
NOBODYS: Nobodys = {SeedRun: "What was seeded."}
