"""
How often somebody may ask. Interim: the security lab will bring the part.

Valkey keeps the instants of the requests that passed, by its own clock. One script looks at all limits of a request
and counts under each of them or under none: of simultaneous requests exactly as many pass as there is room for,
whichever processes they reach, and it costs one round trip. Under the limit of all requests alone a process lets a few
pass by itself, and tells later: ``tallies`` says how many.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from audiobooks.accounts.tallies import Tallies
from audiobooks.errors import DomainError

log = logging.getLogger(__name__)
NAMESPACE = "limit"  # of the keys
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, eq=False)
class Limit:
    """
    At most ``quota`` requests within any ``window_s`` seconds: of one caller or, with a ``member``, about one value of
    that member of the body, whoever sends it.

    Where Valkey does not answer, nothing is counted and requests pass; those of a limit that ``must_count`` do not.
    """

    name: str
    quota: int
    window_s: int
    member: str = ""
    must_count: bool = False


# --8<-- [start:limits]
# Uncounted, passwords could be guessed and letter boxes filled. A token of 256 bits cannot be guessed however often one
# tries, and sessions are to go on: neither its limit nor the one of all requests closes anything.
EVERYTHING = Limit("api", settings.API_REQUESTS_PER_MINUTE, MINUTE)
TOKEN = Limit("token", 60, MINUTE)
# --8<-- [start:log-in-limits]
LOG_IN = Limit("log-in", 20, MINUTE, must_count=True)
# --8<-- [end:log-in-limits]
MAIL = Limit("mail", 20, HOUR, must_count=True)
PASSWORDS = Limit("password", 10, HOUR, must_count=True)
EXPORT = Limit("export", 5, HOUR)
# Per account: against guessing from many addresses. It makes the owner wait too while somebody guesses; sessions that
# are open go on.
LOG_IN_NAME = Limit("log-in-name", 60, HOUR, member="username", must_count=True)
MAIL_ADDRESS = Limit("mail-address", 5, HOUR, member="email", must_count=True)
# --8<-- [end:limits]


def valkey_at(url: str) -> redis.Redis:
    """Return a client that answers or fails within a second: whoever waits longer holds a thread for each request."""
    return redis.Redis.from_url(
        url,
        max_connections=10_000,  # one for each thread that asks; as many as Valkey takes
        socket_timeout=0.5,
        socket_connect_timeout=0.5,
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),  # it may have restarted
    )


VALKEY = valkey_at(settings.REDIS_URL)
TALLIES = Tallies()
# KEYS: a list of instants for each limit, the newest first. ARGV: its quota, its window in ms, how many have passed untold.
# Answers 1 or 0, whether the request passes, then for each limit what is left and in how many ms there is more.
# --8<-- [start:count]
COUNT = VALKEY.register_script("""
local time, passes, answer = redis.call('TIME'), 1, {}
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i, key in ipairs(KEYS) do
  local quota, window, untold = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  while (tonumber(redis.call('LINDEX', key, -1)) or now) <= now - window do redis.call('RPOP', key) end
  for _ = 1, untold do redis.call('LPUSH', key, now) end
  if redis.call('LLEN', key) >= quota then passes = 0 end
end
for i, key in ipairs(KEYS) do
  local quota, window = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
  if passes == 1 then
    redis.call('LPUSH', key, now)
  end
  redis.call('PEXPIRE', key, window)
  local oldest = tonumber(redis.call('LINDEX', key, -1)) or now
  answer[2 * i - 1], answer[2 * i] = quota - redis.call('LLEN', key), oldest + window - now
end
return {passes, unpack(answer)}
""")
# --8<-- [end:count]


class LimitsUnavailable(DomainError):
    """Nobody counts, and this must be counted."""

    def __init__(self) -> None:
        super().__init__("limits_unavailable", "Tries cannot be counted just now: try again in a minute.")


@dataclass(frozen=True)
class Room:
    """What a limit leaves its caller: ``remaining`` requests, and more in ``wait_s`` seconds at the latest."""

    remaining: int
    wait_s: int


@dataclass(frozen=True)
class Verdict:
    """Whether a request passes, and what each limit leaves; nothing where nothing was counted."""

    passes: bool
    rooms: Mapping[Limit, Room]

    @property
    def wait_s(self) -> int | None:
        """In how many seconds a refused request would pass."""
        full = [room.wait_s for room in self.rooms.values() if room.remaining == 0]
        return None if self.passes else max(full)


def attempt(whom: Mapping[Limit, str]) -> Verdict:
    """Count one request under each limit, for whom it says there. Raises ``LimitsUnavailable``."""
    alone = next(iter(whom)) if len(whom) == 1 else None
    if alone is None or alone.must_count:
        return looked_up(whom)
    tally = tally_of(alone, whom[alone])
    if left := TALLIES.pass_one(tally):
        return Verdict(passes=True, rooms={alone: Room(*left)})
    verdict = looked_up(whom)
    if verdict.passes and (room := verdict.rooms.get(alone)):
        TALLIES.look_up(tally, room.remaining, room.wait_s)
    return verdict


def looked_up(whom: Mapping[Limit, str]) -> Verdict:
    """Count in Valkey, also what passed untold. Raises ``LimitsUnavailable``."""
    keys = [f"{NAMESPACE}:{limit.name}:{digest(ident)}" for limit, ident in whom.items()]
    numbers = [
        number
        for limit, ident in whom.items()
        for number in (
            limit.quota,
            limit.window_s * 1000,
            TALLIES.take_untold(tally_of(limit, ident), limit.window_s),
        )
    ]
    try:
        passes, *found = COUNT(keys=keys, args=numbers, client=VALKEY)
    # --8<-- [start:unavailable]
    except redis.RedisError as error:
        log.error("Requests are not counted: %s. Check REDIS_URL.", type(error).__name__)
        if any(limit.must_count for limit in whom):
            raise LimitsUnavailable from error
        return Verdict(passes=True, rooms={})
    # --8<-- [end:unavailable]
    rooms = {
        limit: Room(max(remaining, 0), -(-wait_ms // 1000))
        for limit, remaining, wait_ms in zip(whom, found[::2], found[1::2], strict=True)
    }
    return Verdict(passes=bool(passes), rooms=rooms)


def tally_of(limit: Limit, ident: str) -> tuple[str, Limit, str]:
    """Return under what a process remembers a caller; of a long ident its digest, so that memory has a bound."""
    return NAMESPACE, limit, ident if len(ident) <= 64 else digest(ident)


def digest(ident: str) -> str:
    """Return what stands for an ident in a key: anything can be written into a body or a header."""
    return sha256(ident.encode("utf-8", "replace")).hexdigest()
