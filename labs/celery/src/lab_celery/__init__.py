"""
How to promise to do it later, and keep the promise.

``outbox`` publishes an event in the caller's transaction, ``relay`` hands it to the broker, ``receipts`` lets its
effect happen once, ``retries`` brings it back after a failure, ``dead_letters`` keeps what could not be done,
``progress`` shows how far a job is, ``schedule`` publishes by the clock, ``mail`` gives a letter an id that lasts, and
``config`` sets Celery up for RabbitMQ or Valkey.

What services call (``outbox``, ``progress``) imports no Celery; what workers run (``tasks``, ``relay``) does.
"""
