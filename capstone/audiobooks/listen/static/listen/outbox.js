// Changes of the listener's own things that can wait: bookmarks and library states. Each is a PUT or DELETE of an
// address that the device chose, so sending it twice does it once, and the order of one address is all that matters.

import { ask } from "./api.js";
import { complain } from "./dom.js";
import { Offline, Problem } from "./http.js";
import * as session from "./session.js";

let sending = null;
const key = () => `listen.outbox.${session.user.id}`;
const read = () => JSON.parse(localStorage.getItem(key())) ?? [];
const write = (requests) => localStorage.setItem(key(), JSON.stringify(requests));

/** PUT or DELETE now, or as soon as the server can be reached again. */
export function later(method, path, body) {
  write([...read().filter((request) => request.path !== path), { id: crypto.randomUUID(), method, path, body }]);
  return send();
}

/** Send what waits, the oldest first. One tab at a time does. */
export function send() {
  sending ??= navigator.locks.request("listen.outbox", sendAll).finally(() => (sending = null));
  return sending;
}

async function sendAll() {
  while (session.user && read().length) {
    const [{ id, method, path, body }] = read();
    try {
      await ask(path, { method, body });
    } catch (error) {
      if (error instanceof Offline || error.status === 401 || error.status === 429) return;
      const isGone = method === "DELETE" && error instanceof Problem && error.status === 404;
      if (!isGone) complain(error); // and forget it: it would be refused again
    }
    write(read().filter((request) => request.id !== id)); // what was added meanwhile stays
  }
}
