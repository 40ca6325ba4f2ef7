"""
"I check the address before I call it."

The one you were given. The service answers 302 and names another: the cloud's metadata, the admin inside, a host that
nobody allowed. What is followed must be checked like what was asked for.

Caught by: a_redirect_is_looked_at_again
"""


class Client:
    def call(self, request, deadline):
        # --8<-- [start:every-hop]
        self.rules.check(request.url)
        for _ in range(self.rules.redirects + 1):
            answer = self.answer(request, deadline)
            is_redirect = answer.status in REDIRECTS and "location" in answer.headers
            if not is_redirect or request.method not in ("GET", "HEAD"):
                return answer
            request = redirected(request, answer.headers["location"])
        # --8<-- [end:every-hop]
