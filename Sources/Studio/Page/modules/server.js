// Talks to the server: requests, streams of events, and what is told when either fails.
// All addresses are relative, so that the token of the page's own address is in each of them.

import { emit } from "./signals.js";

/** What the server refused, in its own words. */
export class ServerError extends Error {
  constructor(problem, place, status) {
    super(place ? `${place}: ${problem}` : problem);
    this.status = status;
  }
}

/** Whether the page itself has ended a request, which is no error. */
export const isAbort = error => error?.name === "AbortError";

// These states concern the whole page, unless a request expects them.
const pageStates = { 409: "busy", 410: "vanished", 423: "busy" };

async function request(path, options, expected = []) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", credentials: "same-origin", ...options });
  } catch (error) {
    if (isAbort(error)) throw error;
    emit("trouble", { kind: "unreachable" });
    throw new ServerError("The server does not answer.", null, 0);
  }
  if (response.ok) {
    emit("trouble", null);
    return response;
  }
  let told = {};
  try {
    told = (await response.json()).error ?? {};
  } catch {
    // A proxy or a broken connection answers without JSON; the status has to do.
  }
  const error = new ServerError(told.problem ?? `The server answers with ${response.status}.`, told.place, response.status);
  const kind = pageStates[response.status];
  if (kind && !expected.includes(response.status)) emit("trouble", { kind, text: error.message });
  throw error;
}

/** The answer to a GET. */
export async function get(path, signal) {
  return (await request(path, { signal })).json();
}

const sent = (body, signal) => ({
  method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal,
});

/** The answer to a POST. `expected` are states that the caller handles itself. */
export async function post(path, body, { signal, expected } = {}) {
  return (await request(path, sent(body, signal), expected)).json();
}

/**
 * Reads the stream that a POST answers with and calls the handler of each event's name. Returns
 * the data of `done`; `failed`, and an end without either, are errors.
 */
export async function stream(path, body, handlers, signal) {
  const response = await request(path, sent(body, signal));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const blocks = (rest + value).split(/\r?\n\r?\n/);
      rest = blocks.pop();
      for (const block of blocks) {
        const event = parse(block);
        if (!event || signal?.aborted) continue;
        if (event.name === "failed") throw new ServerError(event.data.problem, event.data.place, 200);
        if (event.name === "done") return event.data;
        handlers[event.name]?.(event.data);
      }
    }
  } catch (error) {
    if (isAbort(error) || signal?.aborted) throw new DOMException("aborted", "AbortError");
    if (error instanceof ServerError) throw error;
    // A broken connection and a fault of a handler look alike; the console says which it was.
    console.error(error);
    throw new ServerError("The answer broke off.", null, 0);
  }
  if (signal?.aborted) throw new DOMException("aborted", "AbortError");
  throw new ServerError("The answer broke off.", null, 0);
}

function parse(block) {
  let name = "message";
  const data = [];
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length > 0 || name === "done" ? { name, data: JSON.parse(data.join("\n") || "{}") } : null;
}
