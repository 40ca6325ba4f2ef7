// Which device this tab is. The server tells devices apart by a random id and counts 50 of them at most, so ids are
// used again: a tab takes the first of this browser's ids that no other open tab holds, with what that one left unsent.

const KEPT = "listen.devices";

// --8<-- [start:device]
async function claim() {
  const known = JSON.parse(localStorage.getItem(KEPT)) ?? [];
  for (const [place, id] of known.entries()) if (await isMine(id)) return { id, name: nameOf(place) };
  const id = crypto.randomUUID();
  await isMine(id);
  localStorage.setItem(KEPT, JSON.stringify([...known, id]));
  return { id, name: nameOf(known.length) };
}

/** Hold the lock of this name until the tab is closed; false where another tab does. */
function isMine(id) {
  return new Promise((answer) => {
    navigator.locks.request(`listen.device.${id}`, { ifAvailable: true }, (lock) => {
      answer(Boolean(lock));
      return lock && new Promise(() => {});
    });
  });
}
// --8<-- [end:device]

function nameOf(place) {
  const agent = navigator.userAgent;
  const browser = ["Firefox", "Edg", "Chrome", "Safari"].find((name) => agent.includes(`${name}/`)) ?? "Browser";
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((name) => agent.includes(name));
  const name = [browser.replace("Edg", "Edge"), system && `on ${system}`].filter(Boolean).join(" ");
  return place ? `${name}, tab ${place + 1}` : name;
}

/** {id, name} of this tab, once the tabs have agreed: one at a time reads and writes the list. */
export const device = await navigator.locks.request("listen.devices", claim);
