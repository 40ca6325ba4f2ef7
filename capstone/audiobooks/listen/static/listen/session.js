// Who is signed in. The access token stays in this module's memory; the refresh token is in a cookie that no script
// sees. Only a name is kept in localStorage, so that a page which starts offline knows whose places it has.

import { Problem, send } from "./http.js";

const AUTH = "/api/v1/auth/browser/";
const KEPT = "listen.user";
const EARLY_MS = 30_000;

let access = null; // {token, expires_at}
let refreshing = null;
const listeners = [];

/** The user who is signed in, {id, username}, or null. */
export let user = JSON.parse(localStorage.getItem(KEPT));

/** Call `listener` whenever somebody signs in or out, here or in another tab. */
export const onChange = (listener) => listeners.push(listener);

export async function signIn(username, password) {
  keep(await send(`${AUTH}token/`, { method: "POST", body: { username, password } }));
  const { id } = await send("/api/v1/me/", { token: access.token });
  become({ id, username });
}

export async function signOut() {
  try {
    await send(`${AUTH}logout/`, { method: "POST" });
  } finally {
    become(null);
  }
}

/** Return an access token that is good for a while; null where nobody is signed in. */
export async function token() {
  if (!user) return null;
  if (!access || access.expires_at - Date.now() < EARLY_MS) {
    refreshing ??= refresh().finally(() => (refreshing = null)); // one for all who wait
    await refreshing;
  }
  return access?.token ?? null;
}

/** The API does not take the token any more: get another one with the next request. */
export const distrust = () => (access = null);

// --8<-- [start:refresh]
// All tabs share the cookie, and a refresh token works once: two tabs that used one at the same time would end the
// session. So they take turns. `keepalive` has the answer, and the next cookie, arrive even if the tab is closed.
function refresh() {
  return navigator.locks.request("listen.refresh", async () => {
    try {
      keep(await send(`${AUTH}token/refresh/`, { method: "POST", keepalive: true }));
    } catch (error) {
      if (error instanceof Problem && error.status === 401) become(null);
      else throw error;
    }
  });
}
// --8<-- [end:refresh]

function keep({ access_token, expires_in }) {
  access = { token: access_token, expires_at: Date.now() + expires_in * 1000 };
}

function become(somebody) {
  user = somebody;
  if (user) localStorage.setItem(KEPT, JSON.stringify(user));
  else {
    access = null;
    localStorage.removeItem(KEPT);
  }
  listeners.forEach((listener) => listener(user));
}

addEventListener("storage", (event) => {
  if (event.key !== KEPT) return; // another tab signed in or out
  access = null;
  user = JSON.parse(event.newValue);
  listeners.forEach((listener) => listener(user));
});
