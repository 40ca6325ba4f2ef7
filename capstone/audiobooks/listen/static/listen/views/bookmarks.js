// A list of bookmarks, in one recording or in all.

import { button, el } from "../dom.js";
import { deleteBookmark, noteBookmark } from "../own.js";
import { clock } from "../text.js";

/** The nodes of a section: nothing where there is no bookmark. */
export function bookmarkList(player, bookmarks, { withTitles = false } = {}) {
  if (!bookmarks.length) return [];
  const rows = bookmarks.map((one) => {
    const at = clock(one.start_ms);
    const where = withTitles ? `${one.audiobook.title}, ${at}` : at;
    return el(
      "li",
      {},
      button(where, () => player.open(one.audiobook.id, { atMs: one.start_ms }), { className: "link" }),
      note(one, where),
      button("Delete", () => deleteBookmark(one), { ariaLabel: `Delete the bookmark at ${where}` }),
    );
  });
  return [el("h2", {}, "Bookmarks"), el("ul", { className: "rows" }, rows)];
}

function note(bookmark, where) {
  return el("input", {
    value: bookmark.note,
    maxLength: 1000,
    placeholder: "Note",
    ariaLabel: `Note at ${where}`,
    onchange: ({ target }) => noteBookmark(bookmark, target.value),
  });
}
