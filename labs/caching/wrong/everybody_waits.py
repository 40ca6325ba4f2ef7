"""
"Whoever does not compute waits for who does."

That is right where there is no answer yet. Where there is one, of a minute ago, all readers stand in line for a second,
although the page was good enough a second before.

Caught by: who_has_a_last_answer_does_not_wait
"""


class Asked:
    def once(self, store, key, last):
        # --8<-- [start:once]
        until, pause = time.monotonic() + self.policy.wait_s, FIRST_LOOK_S
        while (token := claim(store, key, self.policy.lock_s)) is None:
            if time.monotonic() > until:
                return self.make(store, key, None)
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_LOOK_S)
            found = self.look(store, key)
            if found and (last is None or found.entry != last.entry):
                return self.counted("waited", found.value)
        try:
            found = self.look(store, key)
            if found and (last is None or found.entry != last.entry):
                return self.counted("waited", found.value)
            return self.make(store, key, last)
        finally:
            with suppress(CacheAway):
                release(store, key, token)
        # --8<-- [end:once]
