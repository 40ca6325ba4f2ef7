"""
"Python knows which addresses are global."

It knows the tables, and not where a packet goes. 64:ff9b::7f00:1 is global, and a NAT64 gateway turns it into
127.0.0.1. What counts is the address that it leads to.

Caught by: an_address_is_what_it_leads_to
"""


def is_public(address):
    # --8<-- [start:public-address]
    return address.is_global and not address.is_multicast
    # --8<-- [end:public-address]
