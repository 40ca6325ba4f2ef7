// The catalogue and the search: words, filters and an order in the address, so that "back" and a bookmark of the browser
// work. Whoever is signed in sees first what to hear next.

import { ask, everything, withQuery } from "../api.js";
import { button, el, say } from "../dom.js";
import * as session from "../session.js";
import { language, names } from "../text.js";
import { card, renewProgress } from "./cards.js";

const ORDERS = { title: "Title", "-released_on": "Newest", duration_ms: "Shortest", "-duration_ms": "Longest" };
const LANGUAGES = ["cs", "de", "en", "eo", "es", "fr", "it", "nl", "pl", "pt", "ru", "sv"];
const SHELVES = { continue_listening: "Continue listening", next_in_series: "Next in series", new_from_followed: "New" };
const NEAR = {
  key_words: "Nothing has all of these words. These have all but the small ones.",
  near_words: "Nothing has all of these words. These have words like them.",
  similar: "Nothing has these words. These look a little like them.",
};

export async function browsePage({ parameters }) {
  const fields = ["q", "genre", "language", "ordering"];
  const asked = Object.fromEntries(fields.map((name) => [name, parameters.get(name) ?? ""]));
  const isFiltered = Object.values(asked).some(Boolean);
  const [genres, page, shelves] = await Promise.all([
    everything("genres/?limit=100"),
    asked.q ? ask(withQuery("search/", { ...asked, ordering: "" })) : ask(withQuery("audiobooks/", { ...asked, limit: 24 })),
    session.user && !isFiltered ? ask("me/home/").then((home) => home.shelves) : [],
  ]);
  const nodes = [
    el("h1", {}, isFiltered ? "Found" : "Something to hear"),
    filters(asked, genres),
    ...shelves.filter((shelf) => shelf.items.length).map(shelfOf),
    el("p", { hidden: !NEAR[page.closeness] }, NEAR[page.closeness]),
    shelves.length && el("h2", {}, "All recordings"),
    page.results.length ? list(page) : el("p", {}, "Nothing was found. Try fewer words, or another filter."),
  ].filter(Boolean);
  return { title: asked.q ? `“${asked.q}”` : "Browse", nodes, refresh: () => renewProgress(nodes) };
}

function filters(asked, genres) {
  const choice = (label, name, options) =>
    el("label", {}, label, select(name, { "": "Any", ...options }, asked[name]));
  const words = { type: "search", name: "q", value: asked.q, maxLength: 200, autocomplete: "off" };
  const input = el("input", words);
  const form = el(
    "form",
    { className: "filters", role: "search", onsubmit: submit },
    el("label", { className: "wide" }, "Title, author, series …", input),
    suggestionsFor(input),
    choice("Genre", "genre", Object.fromEntries(genres.map((genre) => [genre.slug, genre.name]))),
    choice("Language", "language", Object.fromEntries(LANGUAGES.map((tag) => [tag, language(tag)]))),
    el("label", {}, "Order", select("ordering", ORDERS, asked.ordering || "title")),
    el("button", { className: "primary" }, "Search"),
  );
  function submit(event) {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    const isUsual = given.ordering === "title" || given.q; // what is searched for comes by relevance
    location.hash = withQuery("/", isUsual ? { ...given, ordering: "" } : given);
  }
  return form;
}

// --8<-- [start:suggest]
/** Suggestions in a list of the browser's own, which keys and screen readers know; a little after the last letter. */
function suggestionsFor(input) {
  const list = el("datalist", { id: "suggestions" });
  let timer;
  input.setAttribute("list", list.id);
  input.addEventListener("input", () => {
    clearTimeout(timer);
    const q = input.value.trim();
    if (q.length < 2) return;
    timer = setTimeout(async () => {
      const { suggestions } = await ask(withQuery("search/suggest/", { q })).catch(() => ({ suggestions: [] }));
      list.replaceChildren(...suggestions.map(({ text, kind }) => el("option", { value: text, label: kind })));
    }, 200);
  });
  return list;
}
// --8<-- [end:suggest]

const select = (name, options, value) => {
  const made = el("select", { name });
  made.append(...Object.entries(options).map(([key, textContent]) => el("option", { value: key, textContent })));
  made.value = value;
  return made;
};

// --8<-- [start:list]
/** A list that grows by its next page: `next` is an address, followed as it is. */
function list(page) {
  const shelf = el("ul", { className: "cards" }, page.results.map((book) => card(book)));
  const more = button("Show more", async () => {
    page = await ask(page.next);
    const added = page.results.map((book) => card(book));
    shelf.append(...added);
    more.hidden = !page.next;
    added[0]?.querySelector("a").focus(); // where the new ones begin
    say(`${added.length} more.`);
  });
  more.hidden = !page.next;
  return el("section", { ariaLabel: "Recordings" }, shelf, el("p", { className: "more" }, more));
}
// --8<-- [end:list]

/** One of the shelves of `me/home/`; each recording says why it is there. */
function shelfOf({ kind, items }) {
  return el(
    "section",
    { ariaLabel: SHELVES[kind] },
    el("h2", {}, SHELVES[kind]),
    el("ul", { className: "cards small" }, items.map(({ audiobook, reason }) => card(audiobook, why(reason)))),
  );
}

function why({ people, series, after }) {
  if (after) return `after “${after.title}”`;
  return names([...people, ...series]);
}
