"""One reading as JSON, the same in every step."""

from rest_framework import serializers

from rest_playground.models import Reading


class ReadingSerializer(serializers.ModelSerializer[Reading]):
    """A reading, in and out."""

    class Meta:
        model = Reading
        fields = ["id", "station", "recorded_at", "temperature_c", "wind_kmh", "is_verified"]
