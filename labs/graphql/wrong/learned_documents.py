"""
"A text that comes with an id is learned: the next time the id is enough."

That saves bytes, and agrees on nothing: whoever sends a text has it trusted. A document is trusted because your build wrote
it down, not because somebody sent it.

Caught by: a_text_is_refused_where_only_ids_are_answered
"""


class Graph:
    def prepared(self, asking):
        # --8<-- [start:document]
        if asking.document_id is not None:
            if asking.document_id not in self._trusted and asking.query is None:
                raise Refused("unknown-document", "documentId: this server knows no such document.", status=404)
            if asking.document_id not in self._trusted:
                self._trusted[asking.document_id] = self.documents.get(asking.query)
            return self._trusted[asking.document_id]
        if self.only_trusted:
            raise Refused("only-trusted-documents", "Name a document that is agreed on: documentId.", status=403)
        return self.documents.get(asking.query)
        # --8<-- [end:document]
