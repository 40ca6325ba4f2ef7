"""What the tests do in the player, and what they hear."""

from media.processes import eventually
from playwright.sync_api import Page

PROBE = """async () => {
  window.probe ??= (() => {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 32768, smoothingTimeConstant: 0 });
    context.createMediaElementSource(document.getElementById("audio")).connect(analyser);
    analyser.connect(context.destination);
    return { context, analyser };
  })();
  const { context, analyser } = window.probe;
  await context.resume();
  await new Promise((done) => setTimeout(done, 1500));
  const loudness = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(loudness);
  return (loudness.indexOf(Math.max(...loudness)) * context.sampleRate) / analyser.fftSize;
}"""


def open_book(page: Page, book: str) -> None:
    page.evaluate("book => { location.hash = `#/books/${book}` }", book)
    page.locator("article.book").wait_for()


def play(page: Page, book: str) -> None:
    open_book(page, book)
    page.locator(".actions .primary").click()
    until_heard(page)


def until_heard(page: Page) -> None:
    page.wait_for_function(
        "() => { const a = document.getElementById('audio'); return !a.paused && a.currentTime > 0.2 }"
    )


def heard_hz(page: Page) -> int:
    """Return the pitch that comes out of the audio element, once it is the same twice: silence, while sound comes, is none."""
    before, now = -2.0, -1.0
    for _ in range(20):
        before, now = now, page.evaluate(PROBE)
        if now > 0 and abs(now - before) < 2:
            break
    return round(now, -1)


def position_s(page: Page) -> float:
    return float(page.evaluate("document.getElementById('audio').currentTime"))


def buffer_all(page: Page, seconds: float) -> None:
    """Wait until the sound up to there is in the browser, so that it plays without a network."""
    page.wait_for_function(
        "until => { const b = document.getElementById('audio').buffered; return b.length && b.end(b.length - 1) > until }",
        arg=seconds,
    )


def bar(page: Page, name: str):
    return page.locator("#player").get_by_role("button", name=name, exact=True)


def hear_offline(page: Page, chapter: str, seconds: float) -> None:
    """Play this much of a chapter, four times as fast, and stop."""
    page.get_by_role("button", name=chapter).click()
    page.locator("#speed").select_option("400")
    start = position_s(page)
    eventually(lambda: position_s(page) > start + seconds)
    bar(page, "Pause").click()
