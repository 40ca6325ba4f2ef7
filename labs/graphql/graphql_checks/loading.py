"""Step 5: loaders: one query for all parents, and nothing kept beyond the request."""

from graphql_checks.targets import Playground
from nexus.labs.checking import check

CARDS = "query ($first: Int) {films(first: $first) {nodes {title studio {name} director {name} cast {name} rating}}}"


DEEP = "query ($first: Int) {films(first: $first) {nodes {director {directed(first: 2) {cast {name}}}}}}"


@check("A list costs one query for each kind of thing, at 100 films as at 20, and however deep they are.")
def a_list_costs_the_same_at_any_length(site: Playground) -> None:
    for document, most in ((CARDS, 5), (DEEP, 4)):
        for first in (20, 100):
            _, queries, answer = site.data("loaders", document, variables={"first": first})
            answer.expect(queries <= most, f"{most} queries for {first} films", queries)


@check("Other arguments are another batch: the latest 1 and the latest 3 reviews of the same films.")
def other_arguments_are_another_batch(site: Playground) -> None:
    document = "{films(first: 5) {nodes {one: reviews(first: 1) {id} three: reviews(first: 3) {id}}}}"
    data, _, answer = site.data("loaders", document)
    found = {(len(film["one"]), len(film["three"])) for film in data["films"]["nodes"]}
    answer.expect(found == {(1, 3)}, "1 and 3 reviews of each film", found)


@check("A request sees what has changed since the last one: no loader outlives its request.")
def each_request_sees_what_has_changed(site: Playground) -> None:
    document = "{film(id: 7) {studio {id name}}}"
    before, _, _ = site.data("loaders", document)
    studio = before["film"]["studio"]
    site.send("POST", f"/stage/studios/{studio['id']}/", body={"name": "Renamed"}).expect_status(204)
    after, _, answer = site.data("loaders", document)
    site.send("POST", f"/stage/studios/{studio['id']}/", body={"name": studio["name"]}).expect_status(204)
    name = after["film"]["studio"]["name"]
    answer.expect(name == "Renamed", "the studio's new name", f"{name}, as the request before had it")
