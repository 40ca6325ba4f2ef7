// One request to this site, and the two ways in which it fails.

/** The server said no: a problem document (RFC 9457). `type` is what a program branches on, `message` is for people. */
export class Problem extends Error {
  constructor(answer, body) {
    super(body.detail ?? `The server answered ${answer.status}.`);
    this.status = answer.status;
    this.type = String(body.type ?? "").split("#").pop();
    this.retryAfterMs = Number(answer.headers.get("Retry-After") ?? 0) * 1000;
  }
}

/** Nobody answered. */
export class Offline extends Error {
  constructor() {
    super("The server cannot be reached.");
  }
}

/** Send JSON, return JSON (null for an answer without a body). Throws `Problem` or `Offline`. */
export async function send(url, { method = "GET", body, headers = {}, token, ...more } = {}) {
  const sent = { Accept: "application/json", ...headers };
  if (token) sent.Authorization = `Bearer ${token}`;
  if (body !== undefined) sent["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(url, { method, headers: sent, body: JSON.stringify(body), ...more });
  } catch {
    throw new Offline();
  }
  const text = await answer.text();
  const content = answer.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : null;
  if (!answer.ok) throw new Problem(answer, content ?? {});
  return content;
}
