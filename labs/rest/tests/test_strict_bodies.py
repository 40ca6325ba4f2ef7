"""A member that nobody declared is refused by name, wherever in the body it is."""

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from lab_rest.field_errors import body_errors
from lab_rest.serializers import StrictSerializer


class Gauge(StrictSerializer):
    unit = serializers.CharField()


class Mast(StrictSerializer):
    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=4)
    gauges = Gauge(many=True, required=False)


def refused(body: object) -> list[tuple[str, str]]:
    """The place and the code of each error."""
    mast = Mast(data=body)
    with pytest.raises(ValidationError) as refusal:
        mast.is_valid(raise_exception=True)
    return [(error["pointer"], error["code"]) for error in body_errors(refusal.value.detail)]


def test_what_is_declared_is_accepted():
    mast = Mast(data={"name": "oban", "gauges": [{"unit": "mm"}]})

    assert mast.is_valid()
    assert mast.validated_data == {"name": "oban", "gauges": [{"unit": "mm"}]}


def test_an_unknown_member_is_named_with_those_that_are_known():
    mast = Mast(data={"name": "oban", "Name": "x"})

    assert not mast.is_valid()
    assert mast.errors == {"Name": ["Unknown member. Known: name, gauges."]}


def test_a_member_that_is_only_for_reading_is_refused():
    assert refused({"name": "oban", "id": 7}) == [("#/id", "unknown")]


def test_every_wrong_member_is_told_at_once():
    body = {"name": "too long", "colour": "red", "gauges": [{"unit": "mm"}, {"unit": "mm", "range": 9}]}

    assert refused(body) == [
        ("#/name", "max_length"),
        ("#/gauges/1/range", "unknown"),
        ("#/colour", "unknown"),
    ]


def test_a_body_that_is_no_object_is_told_as_such():
    assert refused(["name"]) == [("#", "invalid")]
