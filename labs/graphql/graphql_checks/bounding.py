"""Step 8: how deep and how wide; and no introspection where it is off."""

from graphql_checks.targets import Playground, Target
from nexus.labs.checking import check


def deep(levels: int) -> str:
    """Return a document of so many levels of fields."""
    return (
        "{film(id: 7) {"
        + "director {directed {" * ((levels - 2) // 2)
        + "title"
        + "}}" * ((levels - 2) // 2)
        + "}}"
    )


@check("A document of 12 levels is answered, one of 14 refused: TOO_DEEP.")
def a_deep_query_is_refused(site: Playground) -> None:
    site.data("extent", deep(12).replace("directed", "directed(first: 1)"))
    site.refused(site.ask("extent", deep(14)), 400, "TOO_DEEP")


@check("Levels inside of fragments count.")
def fragments_hide_no_depth(site: Playground) -> None:
    chain = " ".join(
        f"fragment F{n} on Film {{director {{directed(first: 1) {{...F{n + 1}}}}}}}" for n in range(7)
    )
    document = f"{{film(id: 7) {{...F0}}}} {chain} fragment F7 on Film {{title}}"
    site.refused(site.ask("extent", document), 400, "TOO_DEEP")


@check(
    "The same field under 1,000 names is refused: TOO_MANY_ALIASES, or more fields than a document may have."
)
def aliases_are_counted(site: Target) -> None:
    few = "{" + " ".join(f"a{n}: {site.one}" for n in range(20)) + "}"
    site.data("extent", few)
    many = "{" + " ".join(f"a{n}: {site.one}" for n in range(21)) + "}"
    site.refused(site.ask("extent", many), 400, "TOO_MANY_ALIASES")


@check("Aliases inside of a fragment count each time it is used.")
def fragments_hide_no_aliases(site: Playground) -> None:
    names = " ".join(f"a{n}: title" for n in range(7))
    uses = "film(id: 7) {...F cast {name} director {directed {...F}} studio {name}} person(id: 7) {directed {...F}}"
    site.refused(site.ask("extent", f"{{{uses}}} fragment F on Film {{{names}}}"), 400, "TOO_MANY_ALIASES")


@check("Where introspection is off, no form of it is answered; __typename still is.")
def introspection_is_refused_where_it_is_off(site: Target) -> None:
    site.data("extent", f"{{__typename {site.one}}}")
    for document in (
        "{__schema {types {name}}}",
        '{__type(name: "Film") {name}}',
        "{mine: __schema {types {name}}}",
        "{...F} fragment F on Query {... {__schema {types {name}}}}",
    ):
        site.refused(site.ask("extent", document), 400, "INTROSPECTION_OFF")
