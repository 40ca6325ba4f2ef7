// Changing what is one's own. It shows at once, and is sent when the server can be reached.

import { say } from "./dom.js";
import * as mine from "./mine.js";
import { later } from "./outbox.js";
import { clock } from "./text.js";

export const STATES = { wishlist: "Want to hear", in_progress: "Hearing", finished: "Heard", abandoned: "Gave up" };

const about = (book) => ({ id: book.id, title: book.title, duration_ms: book.duration_ms });

// --8<-- [start:bookmark]
/** Keep a place: the id is made here, so that the request can be sent twice and still makes one bookmark. */
export function addBookmark(book, start_ms) {
  const id = crypto.randomUUID();
  const bookmark = { id, audiobook: about(book), start_ms, note: "", created_at: new Date().toISOString() };
  mine.assume("bookmark", id, bookmark);
  later("PUT", `me/bookmarks/${id}/`, { audiobook: book.id, start_ms });
  say(`Bookmark at ${clock(start_ms)}.`, { label: "Undo", run: () => deleteBookmark(bookmark) });
}
// --8<-- [end:bookmark]

export function noteBookmark(bookmark, note) {
  mine.assume("bookmark", bookmark.id, { ...bookmark, note });
  const { audiobook, start_ms } = bookmark;
  return later("PUT", `me/bookmarks/${bookmark.id}/`, { audiobook: audiobook.id, start_ms, note });
}

export function deleteBookmark(bookmark) {
  mine.assume("bookmark", bookmark.id, null);
  return later("DELETE", `me/bookmarks/${bookmark.id}/`);
}

/** Put a recording into the library in a state, or take it out (""). */
export function setState(book, state) {
  const entry = { audiobook: about(book), state, changed_at: new Date().toISOString() };
  mine.assume("entry", book.id, state ? entry : null);
  return state
    ? later("PUT", `me/library/${book.id}/`, { state })
    : later("DELETE", `me/library/${book.id}/`);
}
