// Walk a paged list: `node walk.mjs 'http://127.0.0.1:8000/api/v1/audiobooks/?language=fr'` prints one JSON line per result.

// --8<-- [start:problem]
export class Problem extends Error {
  constructor({ type, status, detail, errors = [] }) {
    super(detail);
    Object.assign(this, { type, status, errors });
  }
}
// --8<-- [end:problem]

// --8<-- [start:walk]
export async function* walk(address) {
  while (address) {
    const response = await fetch(address);
    const page = await response.json();
    if (!response.ok) throw new Problem(page);
    yield* page.results;
    address = page.next;
  }
}
// --8<-- [end:walk]

// --8<-- [start:first]
export async function first(count, address) {
  const found = [];
  for await (const result of walk(address)) {
    if (found.push(result) === count) break;
  }
  return found;
}
// --8<-- [end:first]

const [address, count = Infinity] = process.argv.slice(2);
if (!address) {
  console.error("usage: node walk.mjs <address of a list> [how many results]");
  process.exit(2);
}
try {
  for (const result of await first(Number(count), address)) console.log(JSON.stringify(result));
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(`${error.status} ${error.type}: ${error.message}`);
  process.exitCode = 1;
}
