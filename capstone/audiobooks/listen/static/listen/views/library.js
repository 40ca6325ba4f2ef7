// What the listener has gathered: recordings by state, and all bookmarks.

import { el, redraw } from "../dom.js";
import * as mine from "../mine.js";
import { STATES } from "../own.js";
import * as session from "../session.js";
import { bookmarkList } from "./bookmarks.js";
import { progress } from "./cards.js";
import { length } from "../text.js";

export function libraryPage() {
  return ownPage("Library", () => {
    const byState = Object.entries(STATES).map(([state, label]) => {
      const entries = mine.entries().filter((entry) => entry.state === state);
      return entries.length && el("section", { ariaLabel: label }, el("h2", {}, label), entryList(entries));
    });
    return byState.some(Boolean) ? byState.filter(Boolean) : [el("p", {}, "What you play is put here by itself.")];
  });
}

export function bookmarksPage({ player }) {
  return ownPage("Bookmarks", () => {
    const nodes = bookmarkList(player, mine.bookmarks(), { withTitles: true }).slice(1);
    return nodes.length ? nodes : [el("p", {}, "Press “Bookmark” while you listen.")];
  });
}

/** A page that is made of `mine`, and made anew as that changes. */
function ownPage(title, parts) {
  const body = el("div");
  const invitation = () => [el("p", {}, el("a", { href: "#/sign-in" }, "Sign in"), " first.")];
  const refresh = () => redraw(body, session.user ? parts() : invitation());
  refresh();
  return { title, refresh, nodes: [el("h1", {}, title), body] };
}

function entryList(entries) {
  const rows = entries.map(({ audiobook }) =>
    el(
      "li",
      {},
      el("a", { href: `#/books/${audiobook.id}` }, audiobook.title),
      el("span", { className: "dim" }, length(audiobook.duration_ms)),
      progress(audiobook.id),
    ),
  );
  return el("ul", { className: "rows" }, rows);
}
