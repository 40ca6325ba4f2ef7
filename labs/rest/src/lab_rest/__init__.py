"""
What a good HTTP contract owes its caller.

``problems`` answers every error as a problem document (RFC 9457), ``pagination`` pages by keyset with
Link headers (RFC 8288), ``filters`` and ``serializers`` refuse parameters and members nobody declared, ``parsers`` bounds JSON bodies.
"""
