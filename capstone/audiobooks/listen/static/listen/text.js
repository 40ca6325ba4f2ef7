// Times, names and languages, as people write and say them.

/** 3,723,000 → "1:02:03". */
export function clock(ms) {
  const total = Math.floor(ms / 1000);
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** 3,723,000 → "1 hour 2 minutes 3 seconds", for screen readers, which read "1:02" in many ways. */
export function spoken(ms) {
  const total = Math.floor(ms / 1000);
  const parts = { hour: Math.floor(total / 3600), minute: Math.floor(total / 60) % 60, second: total % 60 };
  const said = Object.entries(parts).filter(([, number]) => number);
  return said.map(([unit, number]) => `${number} ${unit}${number === 1 ? "" : "s"}`).join(" ") || "the beginning";
}

/** 3,723,000 → "1 h 2 min". */
export function length(ms) {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${Math.round(ms / 1000)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** [{name: "A"}, {name: "B"}] → "A and B". */
export const names = (people) => new Intl.ListFormat("en-GB").format(people.map((person) => person.name));

const languages = new Intl.DisplayNames("en-GB", { type: "language" });

/** "pt-BR" → "Brazilian Portuguese". */
export const language = (tag) => languages.of(tag);

/** An instant as the listener's own clock shows it. */
export const moment = (text) =>
  new Date(text).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
