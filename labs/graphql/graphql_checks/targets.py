"""The sites that the checks ask, in the same words: the lab's own stage, and for what a promise asks of it the capstone."""

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from nexus.labs.site import Answer, Site


class Target(Site, ABC):
    """A graph of things, each with an id and a title. ``name`` is that of a graph, where a site has several."""

    page: ClassVar[
        str
    ]  # a document: $first and $after; {LISTED: {nodes {id} pageInfo {hasNextPage endCursor}}}
    listed: ClassVar[str]
    look: ClassVar[str]  # a selection of a query
    one: ClassVar[str]  # a field with the arguments of one thing
    title_of: ClassVar[str]  # a document with $id
    change: ClassVar[str]  # a mutation that makes one thing more, or none where it was made before

    @abstractmethod
    def graph(self, name: str) -> str:
        """Return a graph's path."""

    @abstractmethod
    def known(self) -> tuple[str, dict[str, Any]]:
        """Return the id of a thing, and what ``title_of`` finds of it."""

    @abstractmethod
    def made(self) -> int:
        """Count what ``change`` makes."""

    def ask(self, name: str, query: str, **members: Any) -> Answer:
        """POST a document to a graph."""
        accept = {"Accept": "application/graphql-response+json"}
        return self.send("POST", self.graph(name), body={"query": query, **members}, headers=accept)

    def data(self, name: str, query: str, **members: Any) -> tuple[dict[str, Any], int, Answer]:
        """Ask; return the data, which must be there without an error, and how many queries it took."""
        answer = self.ask(name, query, **members)
        answer.expect_status(200)
        body = answer.json_object()
        answer.expect(
            "errors" not in body and isinstance(body.get("data"), dict), "data, and no errors", answer
        )
        return body["data"], self.queries_of(answer), answer

    def queries_of(self, answer: Answer) -> int:
        """Return how many queries an answer took, where the site tells; else 0."""
        return 0

    def refused(self, answer: Answer, status: int, code: str) -> None:
        """Go on only where the whole request was refused by this code, without a query."""
        answer.expect_status(status)
        found = [error.get("extensions", {}).get("code") for error in answer.json_object().get("errors", ())]
        answer.expect(code in found, f"extensions.code: {code}", found or answer)
        answer.expect("data" not in answer.json_object(), "no data", answer)


class Playground(Target):
    """Five graphs of films; what a check needs before its step's turn is served below /stage/."""

    page = "query ($first: Int, $after: String) {films(first: $first, after: $after) {nodes {id} pageInfo {hasNextPage endCursor}}}"
    listed = "films"
    look = '{film(id: "7") {title}}'
    one = "film(id: 7) {title}"
    title_of = "query ($id: ID!) {film(id: $id) {title}}"
    change = 'mutation {reviewAdd(input: {filmId: 7, stars: 5, text: "Good"}) {__typename}}'

    def graph(self, name: str) -> str:
        return f"/stage/{name}/graphql/"

    def known(self) -> tuple[str, dict[str, Any]]:
        return "7", {"film": {"title": "Film 7"}}

    def made(self) -> int:
        answer = self.get("/stage/reviews/")
        answer.expect_status(200)
        return int(answer.json_object()["count"])

    def queries_of(self, answer: Answer) -> int:
        return int(answer.expect_header("X-Queries"))

    def cost(self, query: str, **variables: Any) -> tuple[int, Answer]:
        """Ask; return the cost that the answer tells, or that the refusal speaks of."""
        answer = self.ask("cost", query, variables=variables)
        body = answer.json_object()
        told = body.get("extensions", {}).get("cost")
        if told is None and "errors" in body:
            told = int(
                "".join(filter(str.isdigit, body["errors"][0]["message"].partition(" objects")[0])) or -1
            )
        answer.expect(isinstance(told, int), "extensions.cost", answer)
        return told, answer

    def start(
        self, sdl: Mapping[str, str], resolvers: Mapping[str, Sequence[str]], attributes: Sequence[str] = ()
    ) -> tuple[list[str], Answer]:
        """Start a graph with this SDL, these resolvers, and rows of Thing with these attributes; return what it says."""
        body = {"sdl": sdl, "resolvers": resolvers, "attributes": attributes}
        answer = self.send("POST", "/stage/start/", body=body)
        answer.expect_status(200, 409)
        return list(answer.json_object()["told"]), answer


class Capstone(Target):
    """The audiobook platform's graph. ``CHECK_USERNAME`` and ``CHECK_PASSWORD`` are somebody's, who gets a shelf more."""

    page = "query ($first: Int! = 25, $after: String) {audiobooks(first: $first, after: $after) {nodes {id} pageInfo {hasNextPage endCursor}}}"
    listed = "audiobooks"
    look = "{audiobooks(first: 1) {nodes {title}}}"
    one = "audiobooks(first: 1) {nodes {title}}"
    title_of = "query ($id: ID!) {audiobook(id: $id) {title}}"
    change = (
        'mutation {shelfPut(input: {id: "01890a5d-ac96-774b-bcce-b302099a8057", name: "Good"}) {__typename}}'
    )

    def graph(self, name: str) -> str:
        return "/graphql/"

    def known(self) -> tuple[str, dict[str, Any]]:
        answer = self.get("/api/v1/audiobooks/?limit=1")
        answer.expect_status(200)
        (one,) = answer.json_object()["results"]
        return one["id"], {"audiobook": {"title": one["title"]}}

    def made(self) -> int:
        answer = self.get("/api/v1/me/shelves/?count=exact")
        answer.expect_status(200)
        return int(answer.json_object()["count"])

    def send(self, method: str, path: str, **options: Any) -> Answer:
        """Send a request signed in; the first one logs in."""
        if not self.token:
            names = {"username": os.environ["CHECK_USERNAME"], "password": os.environ["CHECK_PASSWORD"]}
            answer = super().send("POST", "/api/v1/auth/token/", body=names)
            answer.expect_status(200)
            self.token = str(answer.json_object()["access_token"])
            self.token_command = f"{answer.command.replace('curl -i', 'curl -s')} | cut -d'\"' -f4"
        return super().send(method, path, **{**options, "signed_in": True})


playground, capstone = Playground, Capstone
