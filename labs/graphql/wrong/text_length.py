"""
"The length of the text is bounded, so what it can ask for is bounded too: a price is not needed."

69 characters can ask for 10,200 objects, and a form that shows one film in full takes 2,000. The bound that refuses the
first refuses the second as well.

Caught by: a_list_multiplies_what_is_below
"""


class Pricing:
    def _of_field(self, node, kind):
        # --8<-- [start:cost]
        return 0
        # --8<-- [end:cost]
