"""
"A dictionary by the text: a document is prepared once, and for good."

One client that writes its values into the document, instead of into variables, makes a new text each time. The dictionary
grows until the process is killed.

Caught by: the_cache_is_bounded
"""


class DocumentCache:
    def get(self, text):
        # --8<-- [start:document-cache]
        if text not in self._kept:
            self._kept[text] = self._prepare(text)
        return self._kept[text]
        # --8<-- [end:document-cache]
