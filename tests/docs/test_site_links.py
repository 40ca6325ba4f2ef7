"""The checker of the built site finds what a reader would stumble over."""

import pytest

from nexus.site_links import broken_links

SOUND = '<a href="deep/">in</a><a href="#here" id="here">here</a><a href="https://example.org/">out</a>'


@pytest.fixture
def site(tmp_path):
    def write(**pages: str):
        for name, text in {"index": SOUND, "deep/index": '<a href="../#here">up</a>', **pages}.items():
            file = tmp_path / f"{name.replace('__', '/')}"
            file = file if file.suffix else file.with_suffix(".html")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return tmp_path

    return write


def test_a_sound_site_has_no_faults(site):
    assert broken_links(site()) == []


def test_an_empty_site_is_a_fault(tmp_path):
    assert broken_links(tmp_path) == [f"{tmp_path} holds no page: was it built?"]


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<a href="deeper/">', "deeper/ leads nowhere"),
        ('<a href="deep/#gone">', "deep/#gone leads to a page without #gone"),
        ('<a href="deep">', "deep lacks its last slash"),
        ('<svg><use xlink:href="lost.svg"/></svg>', "lost.svg leads nowhere"),
        ('<img src="deep/" alt="">', "image deep/ has no alt text"),
        ('<img src="lost.png">', "fetches lost.png, which leads nowhere"),
        ('<img srcset="lost.png 2x, deep/ 1x">', "fetches lost.png, which leads nowhere"),
        ('<script src="//cdn.example/a.js">', "fetches //cdn.example/a.js from another host"),
        (
            '<link rel="stylesheet" href="https://cdn.example/a.css">',
            "fetches https://cdn.example/a.css from another host",
        ),
        (
            "<style>@import 'https://cdn.example/b.css'</style>",
            "fetches https://cdn.example/b.css from another host",
        ),
        ('<p id="a"></p><p id="a"></p>', "id a is given twice"),
    ],
)
def test_a_fault_is_named_with_its_page(site, html, fault):
    faults = broken_links(site(page=html))

    assert f"page.html: {fault}" in faults


def test_a_stylesheet_may_not_fetch_from_another_host(site):
    faults = broken_links(
        site(**{"a.css": "p{background:url(https://cdn.example/a.png)}q{src:url('data:x,')}"})
    )

    assert faults == ["a.css: fetches https://cdn.example/a.png from another host"]


def test_links_of_the_error_page_are_read_from_the_root(site):
    assert broken_links(site(**{"404": '<a href="/deep/">x</a>'})) == []
