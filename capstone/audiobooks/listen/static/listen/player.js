// What plays, and what is told about it. The rules of telling are those of the page "Listening" of the hub: never "my
// position is now", always "I was here, and had played from there to here".

import { ask, everything } from "./api.js";
import { device } from "./device.js";
import * as mine from "./mine.js";
import { later } from "./outbox.js";
import { Sound } from "./sound.js";

const TICK_MS = 15_000;
const ASK_FIRST_MS = 1500; // so long `play` waits for news of other devices

/** Fires `change` as time goes by, `state` when it plays or stops, `moved` when another device's place was taken over. */
export class Player extends EventTarget {
  book = null; // as audiobooks/{id}/ answers it, and its chapters
  #audio;
  #sound;
  #journal = null;
  #sitting = null;
  #generation = 0;
  #seen = 0; // the revision of the place that this player follows
  #heardFromMs = null; // what was heard since the last event begins here
  #toldAt = 0;

  constructor(audio) {
    super();
    this.#audio = audio;
    this.#sound = new Sound(audio);
    this.#sound.addEventListener("ended", () => this.#finish());
    this.#sound.addEventListener("failed", ({ detail }) => this.#fire("failed", detail));
    audio.addEventListener("playing", () => (this.#heardFromMs ??= this.positionMs));
    audio.addEventListener("pause", () => this.#tell());
    audio.addEventListener("timeupdate", () => {
      if (!audio.paused && performance.now() - this.#toldAt >= TICK_MS) this.#tell();
    });
    for (const name of ["playing", "pause"]) audio.addEventListener(name, () => this.#fire("state"));
    for (const name of ["playing", "pause", "timeupdate", "waiting", "seeked", "ratechange"])
      audio.addEventListener(name, () => this.#fire("change"));
    addEventListener("pagehide", () => this.#tell({ keepalive: true }));
    mine.onChange(() => this.#follow());
  }

  get positionMs() {
    return this.#sound.positionMs;
  }

  get isPlaying() {
    return !this.#audio.paused;
  }

  get chapter() {
    const at = this.positionMs;
    return this.book?.chapters.findLast((one) => one.start_ms <= at);
  }

  get speedPercent() {
    return Math.round(this.#audio.playbackRate * 100);
  }

  set speedPercent(percent) {
    this.#tell(); // what was heard until now was heard at the old speed
    this.#audio.defaultPlaybackRate = this.#audio.playbackRate = percent / 100;
  }

  /** Write into this journal from now on; null where nobody is signed in. */
  writeInto(journal) {
    this.close();
    this.#journal = journal;
  }

  // --8<-- [start:open]
  /** Play a recording: at `atMs`, else where the listener is, or from the beginning, as another time (`over`). */
  async open(bookId, { atMs, over = false } = {}) {
    if (this.book?.id !== bookId) await this.#load(bookId);
    const place = mine.placeIn(bookId);
    const isOver = over || (atMs === undefined && place && place.position_ms >= this.book.duration_ms - 2000);
    if (isOver) return this.#startOver();
    if (atMs !== undefined) await this.seek(atMs);
    await this.play();
  }

  async #load(bookId) {
    this.close();
    const [book, chapters] = await Promise.all([
      ask(`audiobooks/${bookId}/`),
      everything(`audiobooks/${bookId}/chapters/`),
    ]);
    this.#sitting = await this.#journal.begin(bookId);
    const place = mine.placeIn(bookId);
    this.#generation = place?.generation ?? 0;
    this.#seen = place?.revision ?? 0;
    this.book = { ...book, chapters };
    await this.#sound.open(this.book, place?.position_ms ?? 0);
    this.#fire("change");
  }
  // --8<-- [end:open]

  async play() {
    if (navigator.onLine) await Promise.race([mine.poll().catch(() => {}), pause(ASK_FIRST_MS)]);
    this.#sitting ??= await this.#journal.begin(this.book.id);
    await this.#audio.play();
  }

  pause() {
    this.#audio.pause();
  }

  toggle() {
    return this.isPlaying ? this.pause() : this.play();
  }

  /** Go to another place: what was heard until here is told first, then the jump. */
  async seek(ms) {
    this.#tell();
    await this.#sound.seek(Math.min(Math.max(ms, 0), this.book.duration_ms));
    this.#tell({ always: true });
    if (this.isPlaying) this.#heardFromMs = this.positionMs;
    this.#fire("change");
  }

  close() {
    if (!this.book) return;
    this.pause();
    this.#tell();
    this.#sound.close();
    this.book = this.#sitting = this.#heardFromMs = null;
    this.#fire("change");
  }

  // --8<-- [start:over]
  /** Hear it again: a higher generation, so that no device's old place can undo it. */
  async #startOver() {
    this.#tell();
    this.#generation += 1;
    later("PUT", `me/library/${this.book.id}/`, { state: "in_progress" });
    await this.seek(0);
    await this.play();
  }
  // --8<-- [end:over]

  #finish() {
    this.#tell();
    later("PUT", `me/library/${this.book.id}/`, { state: "finished" });
    this.#fire("finished");
  }

  // --8<-- [start:follow]
  /** Where another device, or a decision, moved the place while nothing plays here, go there; the next sitting knows. */
  #follow() {
    const place = this.book && mine.placeIn(this.book.id);
    if (!place || place.revision <= this.#seen) return;
    const isOwn = place.device.id === device.id;
    if (!isOwn && this.isPlaying) return; // never pull somebody out of a sentence; a conflict shows by itself
    this.#seen = place.revision;
    if (isOwn) return;
    this.#generation = place.generation;
    this.#sitting = this.#heardFromMs = null;
    this.#sound.seek(place.position_ms);
    this.#fire("moved", place);
  }
  // --8<-- [end:follow]

  // --8<-- [start:tell]
  #tell({ always = false, keepalive = false } = {}) {
    const positionMs = this.positionMs;
    const heardFromMs = this.#heardFromMs;
    const isNews = heardFromMs !== null && positionMs > heardFromMs;
    if (!this.#sitting || !(isNews || always)) return;
    this.#heardFromMs = this.isPlaying ? positionMs : null;
    this.#toldAt = performance.now();
    const event = { positionMs, generation: this.#generation, speedPercent: this.speedPercent };
    if (isNews) event.heardFromMs = heardFromMs;
    this.#assume(positionMs);
    this.#journal.tell(this.#sitting.id, event, { keepalive }).catch((error) => this.#fire("failed", error));
  }
  // --8<-- [end:tell]

  /** Have pages show this place, until the server has answered. */
  #assume(position_ms) {
    const place = mine.placeIn(this.book.id);
    const now = { device, position_ms, generation: this.#generation, heard_at: new Date().toISOString() };
    if (place) mine.assume("position", place.id, { ...place, ...now });
  }

  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
