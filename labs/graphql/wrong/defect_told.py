"""
"str(exc) as the message: whoever calls can tell us what went wrong."

It tells them the tables, the paths and the values of yours that the exception speaks of.

Caught by: a_defect_tells_nothing_of_itself
"""


class Errors:
    def problem_of(self, exc, request):
        # --8<-- [start:safe-errors]
        if isinstance(exc, Refused):
            return exc
        problem = self._problem_for(exc, request) if self._problem_for else None
        if problem is not None:
            return problem
        logger.error("A resolver failed", exc_info=exc, extra={"request": request})
        return Refused("server-error", str(exc), status=500)
        # --8<-- [end:safe-errors]
