"""
What a good HTTP contract owes its caller.

``problems`` answers every error as a problem document (RFC 9457), ``pagination`` pages by keyset with
Link headers (RFC 8288), ``filters`` refuses query parameters nobody declared, ``serializers`` members of a
body nobody declared, ``parsers`` bounds JSON bodies. ``preconditions`` and ``conditional`` answer 304 for what the
caller has and 412 for a change of what it has not seen (RFC 9110, section 13), ``idempotency`` gives a POST that is
sent twice its effect once.
"""
