"""Sixty weather stations, each writing down the weather every hour."""

from django.db import models


class Station(models.Model):
    """A weather station, known by its code."""

    code = models.CharField(max_length=8, primary_key=True, db_collation="C")
    name = models.CharField(max_length=100, db_collation="C")

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    """What one station measured at one time; no temperature while the thermometer was out of order."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="readings")
    recorded_at = models.DateTimeField()
    temperature_c = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    wind_kmh = models.PositiveSmallIntegerField()
    is_verified = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index("recorded_at", "id", name="reading_newest"),
            models.Index("wind_kmh", "id", name="reading_windiest"),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.recorded_at:%Y-%m-%d %H:%M}"
