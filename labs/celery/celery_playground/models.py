"""Orders, and what they are charged. Nothing here forbids a second charge: that is what the ways differ in."""

from uuid import uuid4

from django.db import models


class Order(models.Model):
    """Somebody ordered; ``is_settled`` once it is charged and all that follows is done."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    is_settled = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.id)


class Charge(models.Model):
    """One line of the ledger. An order must have exactly one."""

    order_id = models.UUIDField(db_index=True)

    def __str__(self) -> str:
        return f"charge of {self.order_id}"


class Run(models.Model):
    """A task ran, whatever came of it: how ``show.py`` knows that a worker got as far as here."""

    what = models.CharField(max_length=100, db_index=True)

    def __str__(self) -> str:
        return self.what


class Timed(models.Model):
    """A job of ``notebook.ipynb``: how long it lay in the queue, when it ended, and which process did it."""

    batch = models.UUIDField(db_index=True)
    number = models.PositiveIntegerField()
    waited_s = models.FloatField()
    ended_s = models.FloatField()  # seconds since 1970
    process = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"job {self.number}, after {self.waited_s:.3f} s"
