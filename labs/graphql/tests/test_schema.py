"""The program starts only where SDL and resolvers agree; where they do not, it says file and line of each place."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from ariadne import EnumType, ObjectType, QueryType, ScalarType, UnionType
from django.db import models
from graphql import graphql_sync

from lab_graphql.schema import SchemaError, load_schema


@dataclass
class Cat:
    name: str
    lives_left: int = 9

    @property
    def title(self) -> str:
        return f"{self.name} the cat"


@dataclass
class Dog:
    name: str


QUERY = "type Query {\n  cat: Cat!\n}\n"
CAT = "type Cat {\n  name: String!\n  livesLeft: Int!\n  title: String!\n}\n"


def query_with(**resolvers) -> QueryType:
    query = QueryType()
    for name, resolver in resolvers.items():
        query.set_field(name, resolver)
    return query


def refused(*args, **kwargs) -> list[str]:
    with pytest.raises(SchemaError) as error:
        load_schema(*args, **kwargs)
    return str(error.value).splitlines()


def test_several_files_make_one_schema_which_reads_attributes_properties_and_keys(sdl):
    files = sdl(QUERY, CAT, "extend type Query {\n  row: Cat!\n}\n")
    row = {"name": "Io", "lives_left": 3, "title": "Io"}

    schema = load_schema(files, query_with(cat=lambda *_: Cat("Tom"), row=lambda *_: row), rows={"Cat": Cat})

    assert graphql_sync(schema, "{cat{name livesLeft title} row{livesLeft}}").data == {
        "cat": {"name": "Tom", "livesLeft": 9, "title": "Tom the cat"},
        "row": {"livesLeft": 3},
    }


def test_an_attribute_may_be_spelt_as_the_field_is_where_python_would_spell_it_otherwise(sdl):
    file = sdl("type Query {\n  file: File!\n}\ntype File {\n  sha256: String!\n}\n")
    query = query_with(file=lambda *_: SimpleNamespace(sha256="ab"))

    schema = load_schema(file, query, rows={"File": {"sha256"}})

    assert graphql_sync(schema, "{file {sha256}}").data == {"file": {"sha256": "ab"}}


def test_an_enumeration_is_read_from_a_variable_from_the_document_and_from_a_default(sdl):
    files = sdl("type Query {\n  word(of: Size! = SMALL): String!\n}\nenum Size {\n  SMALL\n  LARGE\n}\n")
    size = EnumType("Size", {"SMALL": "s", "LARGE": "l"})
    schema = load_schema(files, query_with(word=lambda *_, of: of), size)

    document = "query ($of: Size!) {sent: word(of: $of) written: word(of: LARGE) left: word}"
    answer = graphql_sync(schema, document, variable_values={"of": "LARGE"})

    assert answer.data == {"sent": "l", "written": "l", "left": "s"}


def test_a_folder_stands_for_its_graphql_files_and_an_empty_one_is_refused(sdl, tmp_path):
    sdl(QUERY, CAT)
    (tmp_path / "empty").mkdir()
    query = query_with(cat=lambda *_: Cat("Tom"))

    assert load_schema([tmp_path], query, rows={"Cat": Cat}).type_map["Cat"]
    assert refused([tmp_path / "empty"], query) == [f"{tmp_path}/empty: no *.graphql in this folder."]


def test_each_field_that_nothing_answers_is_named_with_file_and_line(sdl):
    files = sdl(QUERY, "type Cat {\n  name: String!\n  tailLength: Int\n}\n\ntype Mouse {\n  size: Int\n}\n")

    told = refused(files, query_with(cat=lambda *_: None), rows={"Cat": Cat})

    assert told == [
        f"{files[1]}:3: Cat.tailLength has no resolver, nor the attribute tail_length on its rows.",
        f"{files[1]}:7: Mouse.size has no resolver, and no rows.",
    ]


def test_a_field_with_arguments_is_not_answered_by_an_attribute(sdl):
    files = sdl(QUERY, "type Cat {\n  name(upper: Boolean): String!\n}\n")

    told = refused(files, query_with(cat=lambda *_: None), rows={"Cat": Cat})

    assert told == [f"{files[1]}:2: Cat.name takes arguments, and has no resolver."]


def test_each_resolver_without_a_field_is_named_with_file_and_line(sdl):
    cat = ObjectType("Cat")

    @cat.field("purr")
    def purr(*_):
        return "rrr"

    lion = ObjectType("Lion")
    lion.set_field("roar", purr)
    here = f"{Path(__file__)}:{purr.__code__.co_firstlineno}"

    told = refused(sdl(QUERY, CAT), query_with(cat=purr), cat, lion, rows={"Cat": Cat})

    assert told == [
        f"{here}: the resolver of Cat.purr has no field in the SDL.",
        f"{here}: the resolver of Lion.roar has no field in the SDL.",
    ]


def test_everything_that_is_wrong_is_told_at_once(sdl):
    files = sdl(QUERY, CAT)

    told = refused(files, query_with(cot=lambda *_: None))

    assert len(told) == 5  # a resolver too many, cat, and three fields of Cat


@pytest.mark.parametrize(("text", "line", "says"), [
    ("type Query {\n  cat: Cat!\n  }}\n", 3, "Syntax Error: Unexpected '}'."),
    ("type Query {\n  cat: Cat!\n}\n", 2, "Unknown type 'Cat'."),
    ("type Query {\n  cat: Int\n  cat: Int\n}\n", 2, "Field 'Query.cat' can only be defined once."),
])  # fmt: skip
def test_wrong_sdl_is_told_with_file_and_line(sdl, text, line, says):
    files = sdl(text)

    told = "\n".join(refused(files, query_with(cat=lambda *_: 1)))

    assert says in told
    assert f"{files[0]}:{line}" in told


def test_a_missing_file_is_told(tmp_path):
    assert "No such file" in refused([tmp_path / "no.graphql"])[0]


UNION = "union Pet = Cat | Dog\ntype Dog {\n  name: String!\n}\nextend type Query {\n  pets: [Pet!]!\n}\n"
PETS = "{pets{__typename ... on Cat{livesLeft} ... on Dog{name}}}"


def test_the_class_or_the_typename_of_a_value_tells_which_type_of_a_union_it_is(sdl):
    class Kitten(Cat):
        pass

    found = [Cat("Tom"), Kitten("Kit", 8), {"__typename": "Dog", "name": "Rex"}]
    query = query_with(cat=lambda *_: None, pets=lambda *_: found)

    schema = load_schema(sdl(QUERY, CAT, UNION), query, rows={"Cat": Cat, "Dog": Dog})

    assert graphql_sync(schema, PETS).data == {
        "pets": [
            {"__typename": "Cat", "livesLeft": 9},
            {"__typename": "Cat", "livesLeft": 8},
            {"__typename": "Dog", "name": "Rex"},
        ]
    }


def test_a_union_whose_types_nothing_tells_apart_is_refused_unless_it_has_a_resolver(sdl):
    files = sdl(QUERY, CAT, UNION)
    query = query_with(cat=lambda *_: None, pets=lambda *_: [])
    rows = {"Cat": Cat, "Dog": {"name"}}

    assert refused(files, query, rows=rows) == [
        f"{files[2]}:1: Pet has no type resolver, and Dog no class in rows."
    ]
    assert load_schema(files, query, UnionType("Pet", lambda *_: "Cat"), rows=rows)


def test_a_scalar_needs_a_binding(sdl):
    files = sdl("scalar Moment\ntype Query {\n  now: Moment!\n}\n")
    query = query_with(now=lambda *_: 7)

    assert refused(files, query) == [f"{files[0]}:1: the scalar Moment has no ScalarType."]
    schema = load_schema(files, query, ScalarType("Moment", serializer=str))
    assert graphql_sync(schema, "{now}").data == {"now": "7"}


def test_a_models_relations_are_attributes_and_arguments_have_their_names_in_python(sdl):
    class Kennel(models.Model):  # noqa: DJ008
        class Meta:
            app_label = "graphql_playground"

    files = sdl(
        "type Query {\n  kennel(roomNumber: Int): Kennel\n}\ntype Kennel {\n  id: ID!\n  pk: ID!\n}\n"
    )
    query = query_with(kennel=lambda *_, room_number: Kennel(id=room_number))

    schema = load_schema(files, query, rows={"Kennel": Kennel})

    assert graphql_sync(schema, "{kennel(roomNumber: 3){id}}").data == {"kennel": {"id": "3"}}
