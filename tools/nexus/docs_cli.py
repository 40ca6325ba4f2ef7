"""The words of `./nexus docs`: the hub, served, built, counted and checked."""

from typing import Annotated

import typer
from typer import Exit, Option

from nexus import challenges, docs, hub_counts, sources, transcripts
from nexus.services import CHECKOUT
from nexus.terminal import MARKUP, PORT

app = typer.Typer(
    no_args_is_help=True,
    help="The hub: serve it while writing, or build and check it.",
    rich_markup_mode=MARKUP,
)


@app.command("serve")
def on_docs_serve(port: Annotated[int, Option(help="The port.", **PORT)] = 8001) -> None:
    """Serve the hub and rebuild it as you save."""
    docs.serve(port)


@app.command("build")
def on_docs_build() -> None:
    """Build the hub into site/, strictly, and check every link and address in the HTML."""
    raise Exit(docs.build(CHECKOUT / "site"))


@app.command("pages")
def on_docs_pages(
    check: Annotated[bool, Option("--check", help="Write nothing; name the pages that are stale.")] = False,
) -> None:
    """Write the pages made from code, settings and manifests."""
    raise Exit(docs.pages(check=check))


@app.command("counts")
def on_docs_counts(
    each_page: Annotated[bool, Option("--pages", help="Each page, too: minutes, lab, weight.")] = False,
) -> None:
    """Count the pages, and what vouches for what they say."""
    raise Exit(hub_counts.show(each_page=each_page))


@app.command("links")
def on_docs_links(
    fetch: Annotated[bool, Option("--fetch", help="Ask each host whether the page is still there.")] = False,
) -> None:
    """Read the addresses of other hosts that pages name, and print what is wrong with them."""
    raise Exit(sources.check(fetch=fetch))


@app.command("record")
def on_docs_record() -> None:
    """Run the challenges and the terminal sessions that pages show, and write what they print."""
    challenges.record()
    transcripts.record()


@app.command("check")
def on_docs_check() -> None:
    """Run them again and compare: what differs is printed, exit code 1."""
    with challenges.own_services() as environment:
        differs = challenges.check(environment)
    raise Exit(transcripts.check() or differs)
