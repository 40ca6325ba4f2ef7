"""
"In eager mode it works, and we need no worker."

Every test passes: .delay() calls the task as a function, in the caller's process and transaction, with the caller's
objects. So it proves nothing of what happens between two processes, and the request waits for all of it.

Caught by: a_task_is_run_by_a_worker
"""


def acknowledgement():
    # --8<-- [start:acks]
    return {
        "CELERY_TASK_ALWAYS_EAGER": True,
        "CELERY_TASK_ACKS_LATE": True,
        "CELERY_TASK_REJECT_ON_WORKER_LOST": True,
        "CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT": False,
        "CELERY_WORKER_PREFETCH_MULTIPLIER": 1,
    }
    # --8<-- [end:acks]
