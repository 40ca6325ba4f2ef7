// The sound of a recording, on one timeline in milliseconds, whatever it comes from:
// HLS through hls.js; HLS by the browser itself, where it has no Media Source Extensions (an iPhone); or, while the
// stream is not made yet, the files of the chapters, one after the other.

import { ask } from "./api.js";
import { Problem } from "./http.js";

const EARLY_MS = 60_000; // an address is renewed so long before it ends
const AHEAD_S = 300; // five minutes of sound in memory: a tunnel is no silence

/** Fires `ended` and `failed` (with the error in `detail`); everything else is the audio element's to tell. */
export class Sound extends EventTarget {
  #audio;
  #book = null; // {id, duration_ms, chapters}
  #file = null; // of a chapter: {url, offset_ms, from_ms, to_ms}; null where one source has it all
  #hls = null;
  #recoveredAt = 0;

  constructor(audio) {
    super();
    this.#audio = audio;
    audio.addEventListener("ended", () => this.#goOn());
    audio.addEventListener("error", () => this.#recover());
    addEventListener("online", () => this.#hls?.startLoad());
  }

  get positionMs() {
    const ms = Math.round(this.#audio.currentTime * 1000) + (this.#file?.offset_ms ?? 0);
    return Math.min(Math.max(ms, 0), this.#book?.duration_ms ?? 0);
  }

  /** Load a recording, at a place. Throws `Problem` where it may not be heard. */
  async open(book, startMs) {
    this.close();
    this.#book = book;
    try {
      await this.#openStream(await ask(`audiobooks/${book.id}/stream/`), startMs);
    } catch (error) {
      if (!(error instanceof Problem) || error.type !== "rendition-unknown") throw error;
      await this.#openChapter(startMs);
    }
  }

  async seek(ms) {
    const isElsewhere = this.#file && (ms < this.#file.from_ms || ms >= this.#file.to_ms);
    if (!isElsewhere) {
      this.#audio.currentTime = (ms - (this.#file?.offset_ms ?? 0)) / 1000;
      return;
    }
    const wasPlaying = !this.#audio.paused;
    await this.#openChapter(ms);
    if (wasPlaying) await this.#audio.play();
  }

  close() {
    this.#hls?.destroy();
    this.#hls = this.#file = this.#book = null;
    this.#audio.removeAttribute("src");
    this.#audio.load();
  }

  async #openStream(stream, startMs) {
    const { default: Hls } = await import("./vendor/hls.light.min.mjs");
    if (!Hls.isSupported()) return this.#load(stream.url, startMs);
    const at = renewing(this.#book.id, stream);
    // --8<-- [start:hls]
    const hls = new Hls({
      enableWorker: false, // its worker is a script from a blob:, which the page's policy does not allow
      startPosition: startMs / 1000,
      maxBufferLength: AHEAD_S,
      maxMaxBufferLength: AHEAD_S,
      async xhrSetup(xhr, url) {
        xhr.open("GET", await at(url)); // hls.js keeps the first addresses; this sends each to where it is now
      },
    });
    // --8<-- [end:hls]
    this.#hls = hls;
    hls.on(Hls.Events.ERROR, (_, { fatal, type, response }) => {
      if (!fatal) return;
      if (type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
      else if (response?.code >= 400) this.#fail(new Error("The sound is not there any more."));
      else if (navigator.onLine) setTimeout(() => this.#hls?.startLoad(), 5000); // else `online` will
    });
    hls.loadSource(stream.url);
    hls.attachMedia(this.#audio);
    await new Promise((ready) => hls.once(Hls.Events.MANIFEST_PARSED, ready));
  }

  async #openChapter(ms) {
    const chapter = this.#book.chapters.findLast((one) => one.start_ms <= ms) ?? this.#book.chapters[0];
    const file = await ask(`audiobooks/${this.#book.id}/chapters/${chapter.position}/audio/`);
    const offset_ms = chapter.start_ms - file.start_ms;
    this.#file = { offset_ms, from_ms: chapter.start_ms, to_ms: chapter.end_ms };
    this.#load(file.url, ms - offset_ms);
  }

  #load(url, startMs) {
    this.#audio.src = url;
    this.#audio.currentTime = startMs / 1000; // before it is loaded: where it will begin
  }

  /** A file ends; the recording goes on with the next chapter, if there is one that the file did not hold. */
  async #goOn() {
    const done = this.positionMs + 1000; // a file may be a little shorter than its chapters say
    const next = this.#file && this.#book.chapters.find((one) => one.end_ms > done && one.start_ms > this.#file.from_ms);
    if (!next) return this.dispatchEvent(new Event("ended"));
    await this.#openChapter(next.start_ms);
    await this.#audio.play();
  }

  /** An address that the browser itself renews nothing of has ended, most likely: take another, at the same place. */
  async #recover() {
    if (!this.#book || this.#hls) return; // closed; or hls.js, which has its own ways
    if (Date.now() - this.#recoveredAt < EARLY_MS) return this.#fail(new Error("The sound cannot be played."));
    this.#recoveredAt = Date.now();
    const [book, ms, wasPlaying] = [this.#book, this.positionMs, !this.#audio.paused];
    try {
      await this.open(book, ms);
      if (wasPlaying) await this.#audio.play();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error) {
    this.dispatchEvent(new CustomEvent("failed", { detail: error }));
  }
}

// --8<-- [start:renewing]
/** Return a function from an address of a stream to where it is now: the same name, under a prefix that still opens. */
function renewing(bookId, first) {
  const prefix = (stream) => stream.url.slice(0, stream.url.lastIndexOf("/") + 1);
  let current = first;
  let renewal = null; // one for all who wait
  return async (url) => {
    if (Date.parse(current.expires_at) - Date.now() < EARLY_MS) {
      renewal ??= ask(`audiobooks/${bookId}/stream/`).finally(() => (renewal = null));
      current = await renewal;
    }
    return prefix(current) + url.slice(prefix(first).length);
  };
}
// --8<-- [end:renewing]
