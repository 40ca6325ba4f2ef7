"""
"A mutation never fails: whatever goes wrong is InvalidInput, and the client has one form to handle."

The form says that the input is wrong. It is not: the film is gone, or the database is. The caller corrects what was right,
and nobody is paged.

Caught by: every_other_exception_stays_an_error
"""


def typed_result(kind, errors_of):
    def decorate(resolver):
        def answer(*args, **kwargs):
            # --8<-- [start:typed-result]
            try:
                return resolver(*args, **kwargs)
            except Exception as error:
                return InvalidInput(tuple(errors_of(error)) if isinstance(error, kind) else ())
            # --8<-- [end:typed-result]

        return answer

    return decorate
