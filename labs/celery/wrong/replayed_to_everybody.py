"""
"A replay publishes the event again."

Then it is another event, with another id, and every subscriber is told: the card is charged a second time, because the
letter of thanks could not be sent.

Caught by: a_replay_is_the_same_event
"""


def replay(letter_id, *, now):
    # --8<-- [start:replay]
    from lab_celery.outbox import publish

    letter = DeadLetter.objects.select_for_update().filter(pk=letter_id).first()
    if letter is None:
        return False
    publish(letter.topic, **letter.ids)
    letter.delete()
    return True
    # --8<-- [end:replay]
