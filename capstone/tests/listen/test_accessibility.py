"""axe-core finds nothing, light and dark, on a desk and on a phone; and nothing is wider than a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from listen.playing import bar, open_book, play
from listen.test_two_devices import shot

pytestmark = pytest.mark.timeout(400)
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONFLICT = """async (book) => {
  const mine = await import("/static/listen/mine.js");
  const place = (name, position_ms) => ({ device: { id: name, name }, position_ms, heard_at: "2026-01-02T09:10:00Z" });
  const places = [place("Phone", 61000), place("Tablet", 1260000)];
  mine.assume("conflict", "1", { id: "1", audiobook: { id: book, title: "Around the World" }, state: "open", places });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_and_nothing_overflows(enter, platform, scheme, size, request):
    page = enter("bo", viewport=size, color_scheme=scheme)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        page.wait_for_function("() => !document.getElementById('main').ariaBusy")
        violations = Axe().run(page, options=RULES).response["violations"]
        found[name] = [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in violations]
        if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            found[name].append("wider than the window")
        shot(page, f"{name}-{request.node.callspec.id}")

    look("browse")
    play(page, platform.streamed)
    bar(page, "Bookmark").click()
    page.get_by_label("Note at").first.wait_for()
    look("book")
    bar(page, "Pause").click()
    for name in ("Library", "Bookmarks"):
        page.get_by_role("link", name=name, exact=True).click()
        page.get_by_role("heading", name=name, exact=True).wait_for()
        look(name.lower())
    page.evaluate(CONFLICT, platform.streamed)
    page.get_by_role("dialog").wait_for()
    look("conflict")
    page.get_by_role("button", name="Decide later").click()
    open_book(page, platform.restricted)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").first.click()
    page.get_by_label("Password").wait_for()
    look("sign-in")

    assert found == {name: [] for name in found}
    assert len(found) == 6
