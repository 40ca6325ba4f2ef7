// Play a recording: `openStream` for a page with hls.js; run by Node it fetches the whole stream, as a player would:
//   NEXUS_TOKEN=… node play.mjs <address of audiobooks/{id}/stream/>

// --8<-- [start:stream]
/** Ask where a recording is streamed from, and again whenever that is about to end. `token()` returns an access token. */
export async function openStream(address, token, { earlySeconds = 60 } = {}) {
  const ask = async () => {
    const answer = await fetch(address, { headers: { Authorization: `Bearer ${token()}` } });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.detail); // a problem document: not granted, or not made ready yet
    return body;
  };
  const prefix = (stream) => stream.url.slice(0, stream.url.lastIndexOf("/") + 1);
  const first = await ask();
  let current = first;
  let renewal = null; // one for all who wait
  return {
    ...first,
    /** Return where a file of the stream is now: the same name, under a prefix that still opens. */
    async at(url) {
      if (Date.parse(current.expires_at) - Date.now() < earlySeconds * 1000) {
        renewal ??= ask().finally(() => (renewal = null));
        current = await renewal;
      }
      return prefix(current) + url.slice(prefix(first).length);
    },
  };
}
// --8<-- [end:stream]

// --8<-- [start:hls]
/** Play a stream with hls.js (`import Hls from "hls.js"`) in an <audio> element, for as long as it lasts. */
export function play(Hls, stream, audio) {
  const hls = new Hls({
    async xhrSetup(xhr, url) {
      xhr.open("GET", await stream.at(url)); // hls.js keeps the first addresses; this sends each to where it is now
    },
  });
  hls.loadSource(stream.url);
  hls.attachMedia(audio);
  return hls;
}
// --8<-- [end:hls]

// --8<-- [start:choose]
/** Return the playlist to load: the adaptive one, or, to save data, the smallest that this browser can play. */
export function playlistFor(stream, { savesData, canPlay }) {
  const playable = stream.variants.filter((one) => canPlay(`audio/mp4; codecs="${one.codecs}"`));
  const smallest = playable.sort((one, other) => one.bit_rate_bps - other.bit_rate_bps)[0];
  return savesData && smallest ? smallest.url : stream.url;
}
// --8<-- [end:choose]

async function main(address) {
  const stream = await openStream(address, () => process.env.NEXUS_TOKEN);
  for (const variant of stream.variants) {
    const playlist = await (await fetch(await stream.at(variant.url))).text();
    let bytes = 0;
    const ranges = [...playlist.matchAll(/#EXT-X-BYTERANGE:(\d+)@(\d+)\n(.+)/g)];
    for (const [, size, start, name] of ranges) {
      const range = `bytes=${start}-${Number(start) + Number(size) - 1}`;
      const url = await stream.at(new URL(name, variant.url).href);
      const answer = await fetch(url, { headers: { Range: range } });
      if (answer.status !== 206) throw new Error(`${name}: ${answer.status}`);
      bytes += (await answer.arrayBuffer()).byteLength;
    }
    console.log(`${variant.codecs} ${variant.bit_rate_bps}: ${ranges.length} segments, ${bytes} bytes`);
  }
}

if (globalThis.process?.argv[1]?.endsWith("play.mjs")) {
  main(process.argv[2]).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
