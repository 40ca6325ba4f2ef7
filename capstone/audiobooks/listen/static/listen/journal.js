// What this tab has played, written down before it is sent: so a tunnel, a closed tab or a lost answer loses nothing.
// Each event has a number of its own and may be sent again; the server answers for each what became of it.

import { ask } from "./api.js";
import { device } from "./device.js";
import { Offline, Problem } from "./http.js";
import * as mine from "./mine.js";

const MOST_EVENTS = 500; // of a batch, says the API
const MOST_SITTINGS = 50;
const LONGEST_PAUSE_MS = 60_000;

/** A user's journal on this device. `listener({waiting, refused})` hears of every change. */
export class Journal {
  #key;
  #kept; // {seq, sittings: {id: {audiobook, started_at, seen_revision, is_known}}, events: [{session, seq, …}]}
  #sending = null;
  #pauseMs = 1000;
  #timer;
  #listener;

  constructor(userId, listener) {
    this.#key = `listen.journal.${userId}.${device.id}`;
    this.#kept = JSON.parse(localStorage.getItem(this.#key)) ?? { seq: 0, sittings: {}, events: [] };
    this.#listener = listener;
  }

  get waiting() {
    return this.#kept.events.length;
  }

  // --8<-- [start:begin]
  /** Begin a sitting with a recording: the server says where the listener is; offline, the device begins by itself. */
  async begin(audiobook) {
    const body = { device };
    const headers = { "Idempotency-Key": `"${crypto.randomUUID()}"` };
    const sitting = { audiobook, started_at: now(), seen_revision: mine.revision, is_known: true };
    try {
      const begun = await ask(`audiobooks/${audiobook}/playback/`, { method: "POST", body, headers });
      if (begun.position) mine.assume("position", begun.position.id, begun.position);
      return this.#keep(begun.id, sitting);
    } catch (error) {
      if (!(error instanceof Offline)) throw error;
      return this.#keep(crypto.randomUUID(), { ...sitting, is_known: false });
    }
  }
  // --8<-- [end:begin]

  /** Write down where the listener is, and from where they heard up to there; then send what there is. */
  tell(session, { positionMs, heardFromMs = null, generation, speedPercent }, { keepalive = false } = {}) {
    this.#kept.events.push({
      session,
      seq: ++this.#kept.seq,
      at: now(),
      generation,
      position_ms: positionMs,
      heard_from_ms: heardFromMs,
      speed_percent: speedPercent,
    });
    this.#save();
    return this.send({ keepalive });
  }

  /** Send what waits. One batch at a time; what fails is tried again later, with pauses that grow. */
  send({ keepalive = false } = {}) {
    clearTimeout(this.#timer);
    this.#sending ??= this.#sendAll(keepalive).finally(() => (this.#sending = null));
    return this.#sending;
  }

  /** Send nothing more: somebody else signed in. What waits is kept for its owner. */
  close() {
    clearTimeout(this.#timer);
    this.#listener = () => {};
  }

  async #sendAll(keepalive) {
    while (this.waiting) {
      try {
        await this.#sendBatch(keepalive);
        this.#pauseMs = 1000;
      } catch (error) {
        const isTemporary = error instanceof Offline || [401, 429].includes(error.status) || error.status >= 500;
        if (!isTemporary) throw error;
        this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
        this.#timer = setTimeout(() => this.send(), Math.max(this.#pauseMs, error.retryAfterMs ?? 0));
        return;
      }
    }
  }

  // --8<-- [start:batch]
  async #sendBatch(keepalive) {
    const events = this.#batch();
    const ids = [...new Set(events.map((event) => event.session))];
    const [first] = ids.map((id) => this.#kept.sittings[id]);
    const isOnline = ids.length === 1 && first.is_known; // the usual case: the sitting that the server began
    const options = { method: "POST", keepalive };
    let answer;
    try {
      answer = isOnline
        ? await ask(`playback/${ids[0]}/events/`, { ...options, body: { sent_at: now(), events: events.map(alone) } })
        : await ask("me/positions/sync/", {
            ...options,
            body: { device, sent_at: now(), sessions: ids.map((id) => this.#sitting(id)), events },
          });
    } catch (error) {
      if (!(error instanceof Problem) || ![400, 403, 404].includes(error.status)) throw error;
      this.#drop(events); // it will never be taken: not granted any more, say
      this.#listener({ waiting: this.waiting, refused: error.message });
      return;
    }
    this.#drop(events);
    for (const position of answer.positions) mine.assume("position", position.id, position);
    const refused = answer.results.find((result) => result.outcome === "rejected");
    this.#listener({ waiting: this.waiting, refused: refused?.detail });
    if (answer.results.some((result) => result.outcome === "conflict")) await mine.poll();
  }
  // --8<-- [end:batch]

  /** The oldest events, of no more sittings than a batch may have. */
  #batch() {
    const sittings = new Set();
    const events = [];
    for (const event of this.#kept.events.slice(0, MOST_EVENTS)) {
      sittings.add(event.session);
      if (sittings.size > MOST_SITTINGS) break;
      events.push(event);
    }
    return events;
  }

  #sitting(id) {
    const { audiobook, started_at, seen_revision } = this.#kept.sittings[id];
    return { id, audiobook, started_at, seen_revision };
  }

  #keep(id, sitting) {
    const stillTold = new Set(this.#kept.events.map((event) => event.session));
    const kept = Object.entries(this.#kept.sittings).filter(([known]) => stillTold.has(known));
    this.#kept.sittings = { ...Object.fromEntries(kept), [id]: sitting };
    this.#save();
    return { id, ...sitting };
  }

  #drop(events) {
    const numbers = new Set(events.map((event) => event.seq));
    this.#kept.events = this.#kept.events.filter((event) => !numbers.has(event.seq));
    this.#save();
  }

  #save() {
    localStorage.setItem(this.#key, JSON.stringify(this.#kept));
    this.#listener({ waiting: this.waiting });
  }
}

const now = () => new Date().toISOString();
const alone = ({ session, ...event }) => event;
