// A recording in a list, and how far the listener has come in it.

import { el } from "../dom.js";
import * as mine from "../mine.js";
import { clock, language, length, names } from "../text.js";

/** A recording as audiobooks/ lists it; `why` it is shown, where there is a reason. */
export function card(book, why = "") {
  return el(
    "li",
    { className: "card", "data-book": book.id },
    cover(book),
    el("a", { href: `#/books/${book.id}`, lang: book.language }, book.title),
    el("span", {}, names(book.authors)),
    el("span", { className: "dim" }, facts(book)),
    why && el("span", {}, why),
    progress(book.id),
  );
}

/** Show in a page's cards how far the listener has come by now. */
export function renewProgress(nodes) {
  for (const one of nodes.flatMap((node) => [...node.querySelectorAll(".card")])) {
    one.querySelector("progress")?.remove();
    one.append(progress(one.dataset.book) ?? "");
  }
}

/** The picture; its text says nothing that the title beside it does not say. */
export function cover(book, width = 480) {
  if (!book.cover) return el("div", { className: "cover none", ariaHidden: "true" }, book.title.slice(0, 1));
  const sizes = { width, height: width, loading: "lazy", alt: "" };
  return el("img", { className: "cover", src: book.cover.urls[480], ...sizes });
}

/** Length, language, and whether it needs a grant. */
export function facts(book) {
  return [length(book.duration_ms), language(book.language), book.access === "restricted" && "restricted"]
    .filter(Boolean)
    .join(" · ");
}

/** How far the listener is, where they have begun. */
export function progress(bookId) {
  const place = mine.placeIn(bookId);
  if (!place) return null;
  const { position_ms: value } = place;
  const max = place.audiobook.duration_ms;
  return el("progress", { value, max, ariaLabel: `Heard up to ${clock(value)} of ${clock(max)}` });
}
