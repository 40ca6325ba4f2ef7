// The public API, as whoever is signed in. Every address the player asks stands in a call of `ask` or `pages`.

import { Problem, send } from "./http.js";
import * as session from "./session.js";

const API = new URL("/api/v1/", location.origin);

/** Ask the API: `path` is relative to /api/v1/, or an address that the API answered. */
export async function ask(path, options = {}) {
  const url = new URL(path, API);
  if (url.origin !== API.origin) throw new Error(`The token is not for ${url.origin}.`);
  const token = await session.token();
  try {
    return await send(url, { ...options, token });
  } catch (error) {
    if (!token || !(error instanceof Problem) || error.status !== 401) throw error;
    session.distrust(); // the account's password changed, say; a refresh knows
    return send(url, { ...options, token: await session.token() });
  }
}

/** Return everything of a list, by following `next`. For lists that are short by nature, such as chapters. */
export async function everything(path) {
  const found = [];
  for (let next = path; next; ) {
    const page = await ask(next);
    found.push(...page.results);
    next = page.next;
  }
  return found;
}

/** Return a path with a query; what is empty is left out. */
export function withQuery(path, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value);
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}
