// What is the listener's own, as the server has it: places, conflicts, library entries, bookmarks. Read once, then kept
// up to date by `me/changes/?since=`, which says what changed on any device, and what was deleted.

import { ask } from "./api.js";
import { Problem } from "./http.js";

const KINDS = ["position", "conflict", "entry", "bookmark"];
let things = empty();
let polling = null;
const listeners = [];

/** The last revision that this tab was told of. */
export let revision = 0;

/** Call `listener` after every change. */
export const onChange = (listener) => listeners.push(listener);

const all = (kind) => [...things[kind].values()];
const newestFirst = (name) => (one, other) => other[name].localeCompare(one[name]);

export const places = () => all("position").sort(newestFirst("heard_at"));
export const placeIn = (book) => all("position").find((one) => one.audiobook.id === book);
export const entries = () => all("entry").sort(newestFirst("changed_at"));
export const entryOf = (book) => all("entry").find((one) => one.audiobook.id === book);
export const bookmarks = () => all("bookmark").sort(newestFirst("created_at"));
export const bookmarksIn = (book) =>
  all("bookmark").filter((one) => one.audiobook.id === book).sort((one, other) => one.start_ms - other.start_ms);
export const openConflicts = () => all("conflict").filter((one) => one.state === "open");

/** Forget everything: somebody else signed in, or nobody. */
export function forget() {
  things = empty();
  revision = 0;
  tell();
}

/** Put a thing in its place before the server has said so, or take it away (`null`). */
export function assume(kind, id, thing) {
  if (thing) things[kind].set(id, thing);
  else things[kind].delete(id);
  tell();
}

/** Ask what changed; whoever asks meanwhile waits for the same answer. */
export const poll = () => (polling ??= catchUp().finally(() => (polling = null)));

// --8<-- [start:changes]
async function catchUp() {
  for (let more = true; more; ) {
    let page;
    try {
      page = await ask(`me/changes/?since=${revision}`);
    } catch (error) {
      if (!(error instanceof Problem) || error.type !== "changes-forgotten") throw error;
      forget(); // away for so long that deletions are forgotten: start over
      continue;
    }
    for (const change of page.changes) {
      if (!KINDS.includes(change.kind)) continue;
      if (change.is_deleted) things[change.kind].delete(change.id);
      else things[change.kind].set(change.id, change[change.kind]);
    }
    revision = page.next;
    more = page.has_more;
    if (page.changes.length) tell();
  }
}
// --8<-- [end:changes]

function empty() {
  return Object.fromEntries(KINDS.map((kind) => [kind, new Map()]));
}

function tell() {
  listeners.forEach((listener) => listener());
}
