// Where it begins: addresses after the `#`, who is signed in, and when the server is asked.

import { bindBar } from "./bar.js";
import { bindConflicts } from "./conflicts.js";
import { $, complain, el, say } from "./dom.js";
import { Journal } from "./journal.js";
import * as mine from "./mine.js";
import * as outbox from "./outbox.js";
import { Player } from "./player.js";
import * as session from "./session.js";
import { bookPage } from "./views/book.js";
import { browsePage } from "./views/browse.js";
import { bookmarksPage, libraryPage } from "./views/library.js";
import { signInPage } from "./views/sign-in.js";

const POLL_MS = 30_000;

const player = new Player($("audio"));
let journal = null;

// --8<-- [start:routes]
// Each page is a function: it returns a title, the nodes to show, and what to do when something of the listener's changed.
const PAGES = [
  [/^\/$/, browsePage],
  [/^\/books\/([\w-]+)$/, bookPage],
  [/^\/library$/, libraryPage],
  [/^\/bookmarks$/, bookmarksPage],
  [/^\/sign-in$/, signInPage],
];
let page = null;
let visit = 0;

async function show({ focus = true } = {}) {
  const [path, query] = (location.hash.slice(1) || "/").split("?");
  const [pattern, make] = PAGES.find(([one]) => one.test(path)) ?? [/.*/, browsePage];
  const mineToShow = ++visit;
  $("main").ariaBusy = "true";
  const asked = { player, parameters: new URLSearchParams(query), id: pattern.exec(path)[1] };
  const made = await Promise.resolve(asked).then(make).catch(failure);
  if (mineToShow !== visit) return; // the listener went on meanwhile
  page = made;
  document.title = `${made.title} · Nexus Listen`;
  $("main").replaceChildren(...made.nodes);
  $("main").ariaBusy = null;
  for (const link of document.querySelectorAll("header nav a"))
    link.ariaCurrent = link.hash === `#${path}` ? "page" : null;
  if (focus) {
    scrollTo(0, 0);
    $("main").focus({ preventScroll: true }); // a screen reader goes on from here, as after a link
  }
}
// --8<-- [end:routes]

function failure(error) {
  const title = "This did not work";
  return { title, nodes: [el("h1", {}, title), el("p", { role: "alert" }, error.message)] };
}

function showSaved({ waiting, refused }) {
  $("saved").textContent = waiting && !navigator.onLine ? `${waiting} to send when there is a network` : "";
  if (refused) say(refused);
}

function welcome(user) {
  $("who").textContent = user?.username ?? "";
  $("sign-in").hidden = Boolean(user);
  $("sign-out").hidden = !user;
  journal?.close();
  say(""); // what could be undone was somebody else's
  mine.forget();
  journal = user && new Journal(user.id, showSaved);
  player.writeInto(journal);
  if (user) catchUp();
}

/** Send what waits, then ask what is new. */
async function catchUp() {
  if (!session.user || !navigator.onLine) return;
  try {
    await Promise.all([outbox.send(), journal.send()]);
    await mine.poll();
  } catch (error) {
    complain(error);
  }
}

$("skip").onclick = () => $("main").focus();
$("sign-out").onclick = () => session.signOut().catch(complain);
session.onChange(welcome);
session.onChange(() => show({ focus: false }));
mine.onChange(() => page?.refresh?.());
player.addEventListener("state", () => page?.refresh?.());
addEventListener("hashchange", () => show());
addEventListener("online", () => {
  say("You are online again.");
  catchUp();
});
addEventListener("offline", () => say("You are offline. What you hear and mark is kept here until it can be sent."));
addEventListener("visibilitychange", () => document.visibilityState === "visible" && catchUp());
setInterval(() => document.visibilityState === "visible" && catchUp(), POLL_MS);

bindBar(player);
bindConflicts(player);
welcome(session.user);
show({ focus: false });
