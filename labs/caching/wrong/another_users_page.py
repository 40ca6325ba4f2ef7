"""
"A page that differs by user says Vary: Cookie, and then it is not shared."

It should. A view that looks at a token does not think of it, and the session's middleware says it only when the answer has
been kept already.

Caught by: nobody_gets_another_user_s_page
"""


def has_credentials(request):
    # --8<-- [start:credentials]
    return False
    # --8<-- [end:credentials]
