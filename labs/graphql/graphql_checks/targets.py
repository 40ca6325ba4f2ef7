"""The site that the checks ask: the lab's own stage, with its props below /stage/."""

from collections.abc import Mapping, Sequence
from typing import Any

from nexus.labs.site import Answer, Site


class Playground(Site):
    """Five graphs of films; what a check needs before its step's turn is served below /stage/."""

    def ask(self, name: str, query: str, **members: Any) -> Answer:
        """POST a document to the graph at /stage/``name``/graphql/."""
        accept = {"Accept": "application/graphql-response+json"}
        return self.send("POST", f"/stage/{name}/graphql/", body={"query": query, **members}, headers=accept)

    def data(self, name: str, query: str, **members: Any) -> tuple[dict[str, Any], int, Answer]:
        """Ask; return the data, which must be there without an error, and how many queries it took."""
        answer = self.ask(name, query, **members)
        answer.expect_status(200)
        body = answer.json_object()
        answer.expect(
            "errors" not in body and isinstance(body.get("data"), dict), "data, and no errors", answer
        )
        return body["data"], int(answer.expect_header("X-Queries")), answer

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

    def refused(self, answer: Answer, status: int, code: str) -> None:
        """Go on only where the whole request was refused by this code, without a query."""
        answer.expect_status(status)
        found = [error.get("extensions", {}).get("code") for error in answer.json_object().get("errors", ())]
        answer.expect(code in found, f"extensions.code: {code}", found or answer)
        answer.expect("data" not in answer.json_object(), "no data", answer)


playground = Playground
