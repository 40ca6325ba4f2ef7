"""Steps 1 and 2: every error in one form, and each wrong value pointed at."""

from nexus.labs.checking import check
from rest_checks.answers import errors_of
from rest_checks.targets import Target


@check("An error is answered with the Content-Type application/problem+json (RFC 9457, section 3).")
def an_error_is_sent_as_problem_json(site: Target) -> None:
    answer = site.get(site.nowhere)
    answer.expect_status(404)
    answer.expect_header("Content-Type", "application/problem+json")


@check("A problem has type, title, status, detail, instance (the path) and request_id (the X-Request-ID).")
def a_problem_says_what_and_where(site: Target) -> None:
    answer = site.get(site.nowhere, headers={"X-Request-ID": "check-1"})
    answer.expect_status(404)
    problem = answer.json_object()
    for member, value in {"status": 404, "instance": site.nowhere, "request_id": "check-1"}.items():
        answer.expect(problem.get(member) == value, f"{member}: {value!r}", f"{problem.get(member)!r}")
    for member in ("type", "title", "detail"):
        value = problem.get(member)
        answer.expect(isinstance(value, str) and bool(value), f"{member}: a text", f"{value!r}")


@check("Where the Accept header allows nothing that there is, the 406 is a problem all the same.")
def a_refused_accept_header_gets_a_problem(site: Target) -> None:
    answer = site.get(site.nowhere, headers={"Accept": "text/csv"})
    answer.expect_status(406)
    status = answer.json_object().get("status")
    answer.expect(status == 406, "status: 406", f"{status!r}")


@check("A refusal keeps its headers: a 401 says in WWW-Authenticate how to sign in.")
def a_refusal_keeps_its_headers(site: Target) -> None:
    answer = site.get(site.things, headers={"Authorization": "Bearer wrong"})
    answer.expect_status(401)
    answer.expect_header("WWW-Authenticate", matching="^Bearer ")


@check("Each wrong value of a body has an error of its own, with a pointer, a code and a detail.")
def each_wrong_value_is_pointed_at(site: Target) -> None:
    body, pointers = site.two_wrong
    answer = site.send("POST", site.batch, body=body)
    errors = errors_of(answer)
    found = {str(error.get("pointer")) for error in errors}
    answer.expect(found == pointers, " and ".join(sorted(pointers)), " and ".join(sorted(found)))
    for error in errors:
        is_text = all(isinstance(error.get(name), str) and error[name] for name in ("code", "detail"))
        answer.expect(is_text, "code and detail, both texts", error)


@check("A wrong value in a list is pointed at by its index.")
def a_wrong_item_is_pointed_at_by_its_index(site: Target) -> None:
    body, pointer = site.wrong_item
    answer = site.send("POST", site.batch, body=body)
    found = [error.get("pointer") for error in errors_of(answer)]
    answer.expect(found == [pointer], pointer, found)


@check("A body that is wrong as a whole is pointed at as #, the whole document.")
def a_wrong_whole_is_pointed_at_as_the_root(site: Target) -> None:
    answer = site.send("POST", site.batch, body=["not", "an", "object"])
    found = [error.get("pointer") for error in errors_of(answer)]
    answer.expect(found == ["#"], "#", found)
