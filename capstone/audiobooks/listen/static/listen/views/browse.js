// The catalogue: words, filters and an order in the address, so that "back" and a bookmark of the browser work.

import { ask, everything, withQuery } from "../api.js";
import { button, el, say } from "../dom.js";
import * as mine from "../mine.js";
import { language } from "../text.js";
import { card, progress } from "./cards.js";

const ORDERS = { title: "Title", "-released_on": "Newest", duration_ms: "Shortest", "-duration_ms": "Longest" };
const LANGUAGES = ["cs", "de", "en", "eo", "es", "fr", "it", "nl", "pl", "pt", "ru", "sv"];
const RECENT = 6;

export async function browsePage({ parameters }) {
  const asked = Object.fromEntries(["q", "genre", "language", "ordering"].map((name) => [name, parameters.get(name) ?? ""]));
  const [genres, first] = await Promise.all([
    everything("genres/?limit=100"),
    ask(withQuery("audiobooks/", { ...asked, limit: 24 })),
  ]);
  const isFiltered = Object.values(asked).some(Boolean);
  const recent = el("section", { ariaLabel: "Continue listening", hidden: true });
  const refresh = () => isFiltered || showRecent(recent);
  refresh();
  return {
    title: asked.q ? `“${asked.q}”` : "Browse",
    refresh,
    nodes: [
      el("h1", {}, isFiltered ? "Found" : "Something to hear"),
      filters(asked, genres),
      recent,
      first.results.length ? list(first) : el("p", {}, "Nothing is called that. Try fewer words, or another filter."),
    ],
  };
}

function filters(asked, genres) {
  const choice = (label, name, options) =>
    el("label", {}, label, select(name, { "": "Any", ...options }, asked[name]));
  const form = el(
    "form",
    { className: "filters", role: "search", onsubmit: submit },
    el("label", { className: "wide" }, "Title", el("input", { type: "search", name: "q", value: asked.q, maxLength: 100 })),
    choice("Genre", "genre", Object.fromEntries(genres.map((genre) => [genre.slug, genre.name]))),
    choice("Language", "language", Object.fromEntries(LANGUAGES.map((tag) => [tag, language(tag)]))),
    el("label", {}, "Order", select("ordering", ORDERS, asked.ordering || "title")),
    el("button", { className: "primary" }, "Search"),
  );
  function submit(event) {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    location.hash = withQuery("/", given.ordering === "title" ? { ...given, ordering: "" } : given);
  }
  return form;
}

const select = (name, options, value) => {
  const made = el("select", { name });
  made.append(...Object.entries(options).map(([key, textContent]) => el("option", { value: key, textContent })));
  made.value = value;
  return made;
};

// --8<-- [start:list]
/** A list that grows by its next page: `next` is an address, followed as it is. */
function list(page) {
  const shelf = el("ul", { className: "cards" }, page.results.map(card));
  const more = button("Show more", async () => {
    page = await ask(page.next);
    const added = page.results.map(card);
    shelf.append(...added);
    more.hidden = !page.next;
    added[0]?.querySelector("a").focus(); // where the new ones begin
    say(`${added.length} more.`);
  });
  more.hidden = !page.next;
  return el("section", { ariaLabel: "Recordings" }, shelf, el("p", { className: "more" }, more));
}
// --8<-- [end:list]

/** The recordings heard last, from what this tab knows anyway. */
async function showRecent(section) {
  const unfinished = mine.places().filter((place) => place.position_ms < place.audiobook.duration_ms - 2000);
  const ids = unfinished.slice(0, RECENT).map((place) => place.audiobook.id);
  if (section.dataset.ids === String(ids)) {
    section.querySelectorAll("progress").forEach((old, at) => old.replaceWith(progress(ids[at])));
    return;
  }
  section.dataset.ids = ids;
  const found = await Promise.allSettled(ids.map((id) => ask(`audiobooks/${id}/`)));
  const books = found.filter((one) => one.value).map((one) => one.value); // one may be withdrawn
  section.hidden = !books.length;
  section.replaceChildren(
    el("h2", {}, "Continue listening"),
    el("ul", { className: "cards small" }, books.map(card)),
    el("h2", {}, "All recordings"),
  );
}
