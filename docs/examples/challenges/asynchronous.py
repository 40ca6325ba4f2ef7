"""Ten calls to a slow service, ten of which one fails, and a server whose loop is kept busy: what waits for what."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import httpx
import stage

CALLS, SLOW_S, BUSY_S, OTHERS = 10, 0.4, 1, 5
Handler = Callable[[str], Awaitable[int]]
Way = Callable[[httpx.AsyncClient], Awaitable[int]]


@asynccontextmanager
async def served(handler: Handler) -> AsyncIterator[httpx.AsyncClient]:
    """Serve a handler over HTTP, on a port that is free; yield a client of it."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):  # a caller who was cancelled is gone
            path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
            status = await handler(path)
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, httpx.AsyncClient(base_url=base, timeout=60, trust_env=False) as client:
        yield client


# --- what waits together ----------------------------------------------------------------------------------------

seen: Counter[str] = Counter()


async def slow_service(path: str) -> int:
    """Answer after a while; note how many wait at the same time. The call of /7 fails at once."""
    seen["now"] += 1
    seen["most"] = max(seen["most"], seen["now"])
    await asyncio.sleep(0 if path == "/7" else SLOW_S)
    seen["now"] -= 1
    return 500 if path == "/7" else 200


# --8<-- [start:ways]
async def one_after_another(client: httpx.AsyncClient) -> int:
    """Wait for each call before the next one."""
    return sum([(await client.get("/")).is_success for _ in range(CALLS)])


async def together(client: httpx.AsyncClient) -> int:
    """Begin all calls, then wait for all."""
    answers = await asyncio.gather(*[client.get("/") for _ in range(CALLS)])
    return sum(answer.is_success for answer in answers)


async def four_at_a_time(client: httpx.AsyncClient) -> int:
    """Begin all, but let four through."""
    gate = asyncio.Semaphore(4)

    async def one() -> bool:
        async with gate:
            return (await client.get("/")).is_success

    return sum(await asyncio.gather(*[one() for _ in range(CALLS)]))


# --8<-- [end:ways]


async def waiting_at_once(way: Way) -> tuple[int, int]:
    """Return how many calls succeeded, and how many waited at the service at the same time."""
    seen.clear()
    async with served(slow_service) as client:
        return await way(client), seen["most"]


# --- one of them fails ------------------------------------------------------------------------------------------


async def checked(client: httpx.AsyncClient, number: int) -> int:
    """Return a number that the service answered for. Raises where it fails."""
    (await client.get(f"/{number}")).raise_for_status()
    return number


# --8<-- [start:failing]
async def gathered(client: httpx.AsyncClient, calls: list[asyncio.Task[int]]) -> int:
    """The first error is raised; nobody tells the others."""
    calls += [asyncio.create_task(checked(client, number)) for number in range(CALLS)]
    return len(await asyncio.gather(*calls))


async def grouped(client: httpx.AsyncClient, calls: list[asyncio.Task[int]]) -> int:
    """The first error cancels the others, and the block ends when all have ended."""
    async with asyncio.TaskGroup() as group:
        calls += [group.create_task(checked(client, number)) for number in range(CALLS)]
    return len(calls)


async def each_its_own(client: httpx.AsyncClient, calls: list[asyncio.Task[int]]) -> int:
    """Errors are results, and the caller looks at each."""
    calls += [asyncio.create_task(checked(client, number)) for number in range(CALLS)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    return sum(isinstance(outcome, int) for outcome in outcomes)


# --8<-- [end:failing]


async def after_an_error(way: Callable[..., Awaitable[int]]) -> tuple[int, int]:
    """Return how many results the caller has, and how many calls still run when it goes on."""
    calls: list[asyncio.Task[int]] = []
    async with served(slow_service) as client:
        try:
            results = await way(client, calls)
        except (httpx.HTTPStatusError, ExceptionGroup):
            results = 0
        running = sum(not call.done() for call in calls)
        await asyncio.gather(*calls, return_exceptions=True)
    return results, running


# --- the loop is one thread -------------------------------------------------------------------------------------


async def answered_meanwhile(wait: Callable[[threading.Event], Awaitable[object]]) -> int:
    """Let one request wait for the others to be answered, at most a second; return how many were, until it gave up."""
    begun, all_answered, answered, counted = asyncio.Event(), threading.Event(), [], []

    async def handler(path: str) -> int:
        if path == "/waits":
            begun.set()
            await wait(all_answered)
            counted.append(len(answered))
        else:
            answered.append(path)
            if len(answered) == OTHERS:
                all_answered.set()
        return 200

    async with served(handler) as client:
        waiting = asyncio.create_task(client.get("/waits"))
        await begun.wait()
        await asyncio.gather(*[client.get("/") for _ in range(OTHERS)], waiting)
    return counted[0]


# --8<-- [start:loop]
async def blocking(event: threading.Event) -> None:
    """A library that waits in its own way: nothing else runs."""
    event.wait(BUSY_S)


async def in_a_thread(event: threading.Event) -> None:
    """The same library, in a thread of its own."""
    await asyncio.to_thread(event.wait, 60)


async def awaited(event: threading.Event) -> None:
    """Waiting that gives the loop back."""
    while not event.is_set():
        await asyncio.sleep(0.01)


# --8<-- [end:loop]


async def main() -> None:
    """Print three tables."""
    ways = {
        "one after another": one_after_another,
        "four at a time": four_at_a_time,
        "all together": together,
    }
    found = [await waiting_at_once(way) for way in ways.values()]
    stage.table(
        [f"{CALLS} calls of a slow service", *ways],
        [
            ("answered", *(done for done, _ in found)),
            ("wait at the service at once", *(most for _, most in found)),
        ],
    )
    failing = {"gather": gathered, "TaskGroup": grouped, "gather, errors as results": each_its_own}
    after = [await after_an_error(way) for way in failing.values()]
    stage.table(
        ["one of them fails", *failing],
        [
            ("results the caller has", *(results for results, _ in after)),
            ("calls still running afterwards", *(running for _, running in after)),
        ],
    )
    waits = {"event.wait()": blocking, "to_thread(event.wait)": in_a_thread, "await": awaited}
    stage.table(
        ["a handler waits", *waits],
        [
            (
                f"of {OTHERS} others, answered meanwhile",
                *[await answered_meanwhile(wait) for wait in waits.values()],
            )
        ],
    )


asyncio.run(main())
