// Two devices went different ways, and the server will not guess: the listener is asked, and may change their mind.

import { ask } from "./api.js";
import { device } from "./device.js";
import { $, button, complain, el, say } from "./dom.js";
import * as mine from "./mine.js";
import { clock, moment } from "./text.js";

/** Show open conflicts as they are found; `player` goes where the listener decides. */
export function bindConflicts(player) {
  const asked = new Set(); // conflicts that were put to the listener, and left open
  const dialog = $("conflict");
  let shown = null;

  mine.onChange(() => {
    const open = mine.openConflicts();
    $("open-conflicts").hidden = !open.length;
    $("open-conflicts").textContent = open.length === 1 ? "1 conflict" : `${open.length} conflicts`;
    if (dialog.open && !open.some((one) => one.id === shown.id)) dialog.close(); // settled on another device
    const unasked = open.find((one) => !asked.has(one.id));
    if (unasked && !dialog.open) show(unasked);
  });
  $("open-conflicts").onclick = () => show(mine.openConflicts()[0]);
  $("conflict-later").onclick = () => dialog.close();

  function show(conflict) {
    shown = conflict;
    asked.add(conflict.id);
    const { title } = conflict.audiobook;
    $("conflict-text").textContent = `You heard “${title}” on two devices, which did not know of each other.`;
    $("conflict-places").replaceChildren(...conflict.places.map((place) => choice(conflict, place)));
    dialog.showModal();
  }

  function choice(conflict, place) {
    const isHere = place.device.id === device.id;
    const at = clock(place.position_ms);
    return el(
      "li",
      {},
      el("strong", {}, at),
      el("span", {}, isHere ? "in this tab" : place.device.name, ", ", moment(place.heard_at)),
      button(`Go on at ${at}`, () => settle(conflict, place)),
    );
  }

  // --8<-- [start:settle]
  async function settle(conflict, place) {
    const path = `me/conflicts/${conflict.id}/`;
    mine.assume("conflict", conflict.id, await ask(`${path}resolve/`, post({ device: place.device.id })));
    await go(conflict, place.position_ms);
    say(`You go on at ${clock(place.position_ms)}.`, {
      label: "Undo",
      run: () => undo(conflict, path).catch(complain),
    });
  }

  async function undo(conflict, path) {
    await ask(`${path}undo/`, post());
    await mine.poll();
    await go(conflict, mine.placeIn(conflict.audiobook.id).position_ms);
  }
  // --8<-- [end:settle]

  /** A player at rest follows the server by itself. */
  async function go(conflict, positionMs) {
    await mine.poll();
    const isPlayingIt = player.isPlaying && player.book.id === conflict.audiobook.id;
    if (isPlayingIt && Math.abs(player.positionMs - positionMs) > 5000) await player.seek(positionMs);
  }
}

const post = (body) => ({ method: "POST", body });
