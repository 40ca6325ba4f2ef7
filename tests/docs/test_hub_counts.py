"""The hub's counts are counted: blocks, links, and what each page weighs when it is first opened."""

from nexus import hub_counts, hub_text


def test_a_block_is_included_followed_by_a_test_or_excused_with_a_reason():
    page = (
        '---\nfollowed: tests/x.py\n---\n```py title="a.py"\n--8<-- "a.py:part"\n```\n\n```console\n$ ls\n```\n\n'
        "<!-- unchecked: it asks for a password -->\n```sh\nlog-in\n```\n\n```sh\nls\n```\n"
    )

    assert [block.kind for block in hub_text.blocks_in(page)] == ["included", "followed", "excused", ""]


def test_addresses_are_those_of_prose():
    page = "[a](https://a.org/x) <https://b.org/y>, `https://c.org` http://127.0.0.1/\n```sh\ncurl https://d.org\n```\n"

    assert hub_text.addresses_in(page) == {"https://a.org/x", "https://b.org/y"}


def test_a_first_load_is_the_page_and_what_it_fetches_but_not_what_is_fetched_later(tmp_path):
    (tmp_path / "page").mkdir()
    (tmp_path / "page/index.html").write_text('<img src="../a.png"><img src="../b.png" loading="lazy">')
    for name, size in (("a.png", 400), ("b.png", 4_000)):
        (tmp_path / name).write_bytes(bytes(range(200)) * (size // 200))

    known: dict[str, int] = {}
    sizes = [hub_counts.gzipped(tmp_path / name, known) for name in ("page/index.html", "a.png")]

    assert hub_counts.weights(tmp_path) == {"page/": sum(sizes)}
    assert hub_counts.links_inside(tmp_path) == {"page/": set()}
