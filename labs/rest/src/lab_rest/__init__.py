"""
What a good HTTP contract owes its caller.

``problems`` answers every error as a problem document (RFC 9457), ``pagination`` pages by keyset with
Link headers (RFC 8288), ``filters`` refuses query parameters nobody declared, ``serializers`` members of a
body nobody declared, ``parsers`` bounds JSON bodies.
"""
