// Tells the parts of the page about changes, so that no part has to know another.

const listeners = new Map();

/** Calls the listener at every signal of the name. */
export function on(name, listener) {
  if (!listeners.has(name)) listeners.set(name, []);
  listeners.get(name).push(listener);
}

/** Sends a signal. */
export function emit(name, detail = null) {
  for (const listener of listeners.get(name) ?? []) listener(detail);
}
