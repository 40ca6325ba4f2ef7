"""Listening in a browser: what is heard, kept and sent, with the system's Chromium on the platform as it runs."""

import time

import pytest
from listen.playing import bar, buffer_all, heard_hz, open_book, play, position_s
from media.processes import eventually
from playwright.sync_api import Route

pytestmark = pytest.mark.timeout(300)
REFRESH_AT = """at => {
  window.refreshed = new Promise((done) => setTimeout(async () => {
    const session = await import("/static/listen/session.js");
    session.distrust();
    done(session.token());
  }, at - Date.now()));
}"""


def hold(route: Route) -> None:
    """Let it through a second later: an address names the second at which it ends, and the next one is another."""
    time.sleep(1.1)
    route.continue_()


def test_hls_js_plays_the_chapter_that_was_asked_for_and_the_place_is_told(enter, platform):
    page = enter("bo")
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.route("**/hls/**/*.mp4", hold, times=1)

    play(page, platform.streamed)
    first = heard_hz(page)
    page.get_by_role("button", name="Chapter 3").click()
    third = heard_hz(page)
    bar(page, "Pause").click()

    assert (first, third) == (440, 880)
    stopped_ms = position_s(page) * 1000
    assert eventually(lambda: abs((platform.place("bo") or 0) - stopped_ms) < 1000)
    assert 120_000 < stopped_ms < 180_000
    segments = {url.rsplit("/", 2)[0] for url in fetched if "/hls/" in url and url.endswith(".mp4")}
    assert len(segments) > 1  # an address that is about to end is renewed, whatever hls.js remembers


def test_a_reload_resumes_where_it_was_and_no_script_can_read_a_token(enter, platform):
    page = enter("dee")
    play(page, platform.streamed)
    page.get_by_role("button", name="Chapter 2").click()
    eventually(lambda: position_s(page) > 62)
    bar(page, "Pause").click()
    eventually(lambda: (platform.place("dee") or 0) > 62_000)

    page.reload()
    page.get_by_role("button", name="Resume at 1:0").click()
    eventually(lambda: position_s(page) > 62)

    page.get_by_role("link", name="Browse").click()
    page.get_by_role("region", name="Continue listening").get_by_text("Around the World").wait_for()
    readable = page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert "eyJ" not in readable
    assert "nexus_refresh" not in readable
    cookies = {
        cookie["name"]: cookie for cookie in page.context.cookies(f"{platform.url}api/v1/auth/browser/")
    }
    assert (cookies["nexus_refresh"]["httpOnly"], cookies["nexus_refresh"]["sameSite"]) == (True, "Strict")
    assert page.context.cookies(f"{platform.url}api/v1/me/") == []


def test_tabs_take_turns_at_the_cookie_and_are_devices_of_their_own(enter, platform):
    first = enter("eli")
    tabs = [first, *[first.context.new_page() for _ in range(3)]]
    for tab in tabs[1:]:
        tab.goto(f"{platform.url}listen/")
        tab.get_by_role("button", name="Sign out").wait_for()

    at_once = time.time() * 1000 + 3000
    for tab in tabs:
        tab.evaluate(REFRESH_AT, at_once)
    tokens = {tab.evaluate("() => window.refreshed") for tab in tabs}

    assert len(tokens - {None}) == 4
    ids = {tab.evaluate("import('/static/listen/device.js').then(({ device }) => device.id)") for tab in tabs}
    assert len(ids) == 4
    assert len(platform.ask("eli", "auth/sessions/")["results"]) == 2  # the browser's, and this test's
    tabs[1].close()
    again = first.context.new_page()
    again.goto(f"{platform.url}listen/")
    again.locator(".card").first.wait_for()
    assert again.evaluate("import('/static/listen/device.js').then(({ device }) => device.id)") in ids


def test_what_is_heard_and_marked_offline_is_kept_and_sent_once(enter, platform):
    page = enter("fay")
    play(page, platform.streamed)
    buffer_all(page, 100)
    page.context.set_offline(True)

    page.get_by_role("button", name="Chapter 2").click()
    eventually(lambda: position_s(page) > 63)
    bar(page, "Bookmark").click()
    bar(page, "Pause").click()
    page.get_by_label("In your library").select_option("Want to hear")
    page.get_by_text("to send when there is a network").wait_for()
    place_before = platform.place("fay")
    page.context.set_offline(False)

    assert eventually(lambda: (platform.place("fay") or 0) > 63_000)
    assert (place_before or 0) < 60_000
    [mark] = eventually(lambda: platform.ask("fay", "me/bookmarks/")["results"])
    assert 62_000 < mark["start_ms"] < 70_000
    assert eventually(lambda: platform.ask("fay", "me/library/")["results"][0]["state"] == "wishlist")
    page.get_by_text("to send when there is a network").wait_for(state="hidden")
    assert page.evaluate(
        "Object.entries(localStorage).filter(([k]) => k.includes('outbox')).map(([, v]) => v)"
    ) == ["[]"]


def test_without_a_stream_the_chapters_files_are_played_one_after_the_other(enter, platform):
    page = enter("gus")

    play(page, platform.unstreamed)
    page.get_by_text("You have finished").wait_for()

    assert eventually(lambda: platform.place("gus") == 4_000 or (platform.place("gus") or 0) > 3_800)
    assert eventually(lambda: platform.ask("gus", "me/library/")["results"][0]["state"] == "finished")
    page.get_by_role("button", name="Play", exact=True).first.click()  # once more, from the beginning
    assert eventually(lambda: platform.ask("gus", "me/positions/")["results"][0]["generation"] == 1)


def test_who_may_not_hear_a_recording_is_told_why(enter, platform):
    page = enter("cy")
    open_book(page, platform.restricted)
    with page.expect_response(lambda answer: answer.status == 403):
        page.get_by_role("button", name="Play", exact=True).click()

    page.get_by_role("status").get_by_text("grant").wait_for()
    assert page.locator("#player").is_hidden()


def test_search_suggests_while_somebody_types_and_finds_what_is_misspelt(enter, platform):
    page = enter("")
    words = page.get_by_label("Title, author, series")

    words.press_sequentially("aroun")
    page.locator("#suggestions option[value='Around the World']").wait_for(state="attached")
    words.fill("arround")
    words.press("Enter")

    page.get_by_text("These have words like them.").wait_for()
    assert page.locator(".card a").all_inner_texts() == ["Around the World"]
    assert page.title() == "“arround” · Nexus Listen"


def test_all_of_it_works_by_keyboard(enter, platform):
    page = enter("bo")
    page.evaluate("scrollTo(0, 0); document.activeElement.blur()")

    def press_until(key: str, selector: str, most: int = 30) -> None:
        for _ in range(most):
            page.keyboard.press(key)
            if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
        raise AssertionError(f"{most} times {key} do not reach {selector}")

    press_until("Tab", "#skip")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    press_until("Tab", "input[name=q]")
    page.keyboard.type("around")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash.includes('q=around')")
    page.wait_for_function(
        "() => document.querySelectorAll('.card').length === 1 && !document.getElementById('main').ariaBusy"
    )
    assert page.evaluate("document.activeElement.id") == "main"  # a screen reader goes on from the new page
    press_until("Tab", ".card a")
    page.keyboard.press("Enter")
    page.locator("article.book").wait_for()
    press_until("Tab", ".actions .primary")
    page.keyboard.press("Space")
    bar(page, "Pause").wait_for()
    press_until("Tab", "#toggle")
    page.keyboard.press("Space")
    bar(page, "Play").wait_for()
    press_until("Tab", "#seek")
    before = position_s(page)
    page.keyboard.press("PageUp")
    eventually(lambda: position_s(page) > before + 10)
    assert "seconds of 3 minutes" in page.locator("#seek").evaluate("slider => slider.ariaValueText")
