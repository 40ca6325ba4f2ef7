"""
"The broker must not deliver it twice, so acknowledge it first."

That is Celery's default, and nothing is ever done twice by it. But from then on only the worker knows of the message:
whoever kills it, the deployment, the kernel when memory ends, ends the job half done, and nobody will do the rest.

Caught by: a_killed_workers_message_is_still_there
"""


def acknowledgement():
    # --8<-- [start:acks]
    return {
        "CELERY_TASK_ACKS_LATE": False,
        "CELERY_WORKER_PREFETCH_MULTIPLIER": 1,
    }
    # --8<-- [end:acks]
