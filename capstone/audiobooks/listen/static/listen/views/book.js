// One recording: what it is, where you are in it, its chapters and your bookmarks.

import { ask, everything } from "../api.js";
import { button, complain, el, redraw } from "../dom.js";
import * as mine from "../mine.js";
import { STATES, setState } from "../own.js";
import * as session from "../session.js";
import { clock, length, moment, names } from "../text.js";
import { bookmarkList } from "./bookmarks.js";
import { cover, facts } from "./cards.js";

export async function bookPage({ player, id }) {
  const [book, chapters] = await Promise.all([ask(`audiobooks/${id}/`), everything(`audiobooks/${id}/chapters/`)]);
  const own = el("div", { className: "own" });
  const bookmarks = el("section", { ariaLabel: "Bookmarks" });
  const refresh = () => {
    redraw(own, session.user ? ownParts(player, book) : [invitation()]);
    redraw(bookmarks, bookmarkList(player, mine.bookmarksIn(id)));
  };
  refresh();
  const series = book.series.map((one) => `${one.name}, ${one.label || one.sequence}`);
  return {
    title: book.title,
    refresh,
    nodes: [
      el(
        "article",
        { className: "book" },
        cover(book),
        el(
          "div",
          {},
          el("h1", { lang: book.language }, book.title),
          book.subtitle && el("p", { className: "subtitle", lang: book.language }, book.subtitle),
          el("p", {}, "By ", names(book.authors), ". Read by ", names(book.narrators), "."),
          series.length && el("p", {}, series.join(" · ")),
          el("p", { className: "dim" }, facts(book), ` · ${moment(book.released_on).split(",")[0]}`),
          own,
          el("p", { className: "summary" }, book.summary),
        ),
      ),
      el("section", { ariaLabel: "Chapters" }, el("h2", {}, "Chapters"), chapterList(player, book, chapters)),
      bookmarks,
    ],
  };
}

const invitation = () => el("p", {}, el("a", { href: "#/sign-in" }, "Sign in"), " to listen.");

function ownParts(player, book) {
  const place = mine.placeIn(book.id);
  const isOver = place && place.position_ms >= book.duration_ms - 2000;
  const isBegun = place && !isOver;
  const isPlaying = player.isPlaying && player.book.id === book.id;
  const play = (options) => () => player.open(book.id, options);
  const state = el("select", {}, el("option", { value: "", textContent: "Not in your library" }));
  state.append(...Object.entries(STATES).map(([value, textContent]) => el("option", { value, textContent })));
  state.value = mine.entryOf(book.id)?.state ?? "";
  state.onchange = () => setState(book, state.value).catch(complain);
  return [
    el(
      "p",
      { className: "actions" },
      isPlaying
        ? button("Pause", () => player.pause(), { className: "primary" })
        : button(isBegun ? `Resume at ${clock(place.position_ms)}` : "Play", play(), { className: "primary" }),
      isBegun && button("Start over", play({ over: true })),
    ),
    isBegun && !isPlaying && el("p", { className: "dim" }, `Heard last ${moment(place.heard_at)}, on: ${place.device.name}.`),
    el("label", {}, "In your library ", state),
  ];
}

function chapterList(player, book, chapters) {
  return el(
    "ol",
    { className: "rows" },
    chapters.map((chapter) =>
      el(
        "li",
        {},
        session.user
          ? button(chapter.title, () => player.open(book.id, { atMs: chapter.start_ms }), { className: "link" })
          : el("span", {}, chapter.title),
        el("span", { className: "dim" }, length(chapter.end_ms - chapter.start_ms)),
      ),
    ),
  );
}
