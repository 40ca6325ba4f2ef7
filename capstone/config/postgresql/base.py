"""The backend's connection."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is looked at, not asked: Django's ``SELECT 1`` is one more round trip for each request."""

    def is_usable(self) -> bool:
        """
        Tell whether the server is still at the other end.

        Nothing is to be read from an idle connection. What can be read is a farewell, or a word that came by itself: then
        it is asked. A server that went without a word is found out by the first statement, as with any check before it.
        """
        if self.connection is None or self.connection.closed:
            return False
        socket = select.poll()
        socket.register(self.connection.fileno(), select.POLLIN)
        return not socket.poll(0) or super().is_usable()
