// The player's bar: buttons, the slider, speed, sleep, and the keys of headphones and lock screens.

import { $, complain, el, say } from "./dom.js";
import { addBookmark } from "./own.js";
import { clock, names, spoken } from "./text.js";

const SPEEDS = [50, 75, 100, 125, 150, 175, 200, 250, 300, 400];
const SLEEPS = { 0: "off", 5: "5 min", 15: "15 min", 30: "30 min", 60: "1 hour", chapter: "end of chapter" };

/** Bind the bar to a player. */
export function bindBar(player) {
  let isDragging = false;
  let shown = null;
  const sleep = sleepTimer(player);

  $("speed").append(...SPEEDS.map((value) => el("option", { value, textContent: `${value / 100}×` })));
  $("speed").value = localStorage.getItem("listen.speed") ?? 100;
  $("speed").onchange = () => {
    localStorage.setItem("listen.speed", $("speed").value);
    player.speedPercent = Number($("speed").value);
  };
  player.speedPercent = Number($("speed").value);

  $("toggle").onclick = () => Promise.resolve(player.toggle()).catch(complain);
  $("back").onclick = () => player.seek(player.positionMs - 15_000).catch(complain);
  $("forward").onclick = () => player.seek(player.positionMs + 30_000).catch(complain);
  $("bookmark").onclick = () => addBookmark(player.book, player.positionMs);
  $("seek").oninput = () => {
    isDragging = true;
    showTime(Number($("seek").value) * 1000);
  };
  $("seek").onchange = () => {
    isDragging = false;
    player.seek(Number($("seek").value) * 1000).catch(complain);
  };
  bindKeys(player);

  player.addEventListener("failed", ({ detail }) => complain(detail));
  player.addEventListener("finished", () => say(`You have finished “${player.book.title}”.`));
  player.addEventListener("moved", ({ detail }) =>
    say(`You are at ${clock(detail.position_ms)}, as on: ${detail.device.name}.`),
  );
  player.addEventListener("change", show);

  function show() {
    const { book, isPlaying, positionMs } = player;
    $("player").hidden = !book;
    if (!book) return;
    if (book !== shown) showBook(book);
    $("toggle").ariaLabel = isPlaying ? "Pause" : "Play";
    $("toggle").dataset.plays = isPlaying;
    $("player-chapter").textContent = player.chapter?.title ?? names(book.authors);
    if (!isDragging) {
      $("seek").value = Math.floor(positionMs / 1000);
      showTime(positionMs);
    }
    sleep.watch();
  }

  function showBook(book) {
    shown = book;
    $("player-title").textContent = book.title;
    $("player-title").href = `#/books/${book.id}`;
    $("player-cover").hidden = !book.cover;
    if (book.cover) $("player-cover").src = book.cover.urls[160];
    $("seek").max = Math.floor(book.duration_ms / 1000);
    $("player-length").textContent = clock(book.duration_ms);
    if (navigator.mediaSession)
      navigator.mediaSession.metadata = new MediaMetadata({
        title: book.title,
        artist: names(book.authors),
        artwork: book.cover ? [{ src: book.cover.urls[480] }] : [],
      });
  }

  function showTime(ms) {
    $("player-time").textContent = clock(ms);
    $("seek").ariaValueText = `${spoken(ms)} of ${spoken(player.book.duration_ms)}`;
  }
}

/** Stop after some minutes, or at the end of the chapter. */
function sleepTimer(player) {
  let timer;
  let untilMs = null;
  $("sleep").append(...Object.entries(SLEEPS).map(([value, textContent]) => el("option", { value, textContent })));
  $("sleep").value = 0;
  $("sleep").onchange = () => {
    clearTimeout(timer);
    const chosen = $("sleep").value;
    untilMs = chosen === "chapter" ? (player.chapter?.end_ms ?? null) : null;
    if (Number(chosen)) timer = setTimeout(stop, Number(chosen) * 60_000);
  };
  function stop() {
    untilMs = null;
    $("sleep").value = 0;
    player.pause();
    say("Good night.");
  }
  return { watch: () => untilMs !== null && player.positionMs >= untilMs && stop() };
}

function bindKeys(player) {
  const actions = {
    play: () => player.play(),
    pause: () => player.pause(),
    seekbackward: () => player.seek(player.positionMs - 15_000),
    seekforward: () => player.seek(player.positionMs + 30_000),
    seekto: ({ seekTime }) => player.seek(seekTime * 1000),
  };
  for (const [name, run] of Object.entries(actions)) navigator.mediaSession?.setActionHandler(name, run);
}
