"""Two browsers go different ways in one book while they are offline; the listener decides, and undoes it."""

import os
from pathlib import Path

import pytest
from listen.playing import bar, buffer_all, hear_offline, play, position_s
from media.processes import eventually
from playwright.sync_api import Page

pytestmark = pytest.mark.timeout(400)


def shot(page: Page, name: str) -> None:
    """Keep a picture where NEXUS_SHOTS names a folder: `NEXUS_SHOTS=… ./nexus test capstone/tests/listen`."""
    if folder := os.environ.get("NEXUS_SHOTS"):
        page.wait_for_timeout(300)
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_two_browsers_disagree_about_a_book_and_the_listener_decides(enter, platform):
    laptop = enter("cy")
    phone = enter("cy", viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True)
    sent = []
    for page in (laptop, phone):
        page.on("request", lambda request: sent.append(request.url.partition("/api/v1/")[2]))
        play(page, platform.streamed)
        buffer_all(page, 170)
        bar(page, "Pause").click()
    laptop.evaluate("() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
    laptop.get_by_text("You are at").wait_for()  # it follows the phone while nothing plays on it

    # offline, each hears more than 15 s that the other does not know of, two minutes apart
    for page in (laptop, phone):
        page.context.set_offline(True)
    hear_offline(laptop, "Chapter 1", seconds=24)
    laptop_s = position_s(laptop)
    hear_offline(phone, "Chapter 3", seconds=24)
    phone_s = position_s(phone)
    shot(phone, "offline-phone")
    assert platform.ask("cy", "me/conflicts/")["results"] == []

    # online again, one after the other: the second to come learns of it at once, the first by its feed
    laptop.context.set_offline(False)
    eventually(lambda: abs((platform.place("cy") or 0) - laptop_s * 1000) < 2000)
    phone.context.set_offline(False)
    for page in (phone, laptop):
        page.get_by_role("dialog", name="Where do you want to go on?").wait_for()
        assert page.evaluate("() => document.activeElement.closest('dialog') !== null")
    shot(laptop, "conflict-laptop")
    shot(phone, "conflict-phone")
    [conflict] = platform.ask("cy", "me/conflicts/?state=open")["results"]
    told_s = sorted(place["position_ms"] / 1000 for place in conflict["places"])
    assert told_s == pytest.approx(sorted([laptop_s, phone_s]), abs=2)
    assert {path.partition("/")[0] for path in sent} >= {"playback", "me"}
    assert "me/positions/sync/" in sent

    # the listener goes on where the laptop was; the phone, which asks the same, is answered by that
    clock = f"0:{int(told_s[0]):02}"
    laptop.get_by_role("button", name=f"Go on at {clock}").click()
    laptop.get_by_text(f"You go on at {clock}.").wait_for()
    phone.get_by_role("dialog").wait_for(state="hidden")
    assert platform.place("cy") == told_s[0] * 1000
    assert eventually(lambda: abs(position_s(phone) - told_s[0]) < 1)

    # … or not
    laptop.get_by_role("button", name="Undo").click()
    eventually(lambda: platform.ask("cy", "me/conflicts/")["results"][0]["state"] == "open")
    laptop.get_by_role("button", name="1 conflict").click()
    laptop.get_by_role("button", name="Decide later").click()
    laptop.get_by_role("dialog").wait_for(state="hidden")
    laptop.get_by_role("button", name="1 conflict").wait_for()
