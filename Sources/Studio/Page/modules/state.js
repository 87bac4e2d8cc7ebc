// What the page knows: the run, the present setting with undo and redo, and what was answered.

import { emit } from "./signals.js";

export const state = {
  /** The answer of api/studio. */
  info: null,
  /** The present setting, as one entry of `merges`. */
  setting: null,
  /** What the server says that the setting consists of. */
  plan: null,
  /** Why the present setting cannot be made, if so. */
  planProblem: null,
  /** How many problems are asked in each language. */
  problems: 100,
  variants: [],
  /** Model name to `{answers: {target: [], english: []}, scores: {}}`, with whole answers alone. */
  known: new Map(),
  /** The merge's own answers, in the same form, while they come. */
  merge: { answers: {}, scores: {}, whole: false },
  /** Whether attention and MLP have coefficients of their own. */
  split: false,
};

const past = [];
const future = [];
// A drag or the movement of a slider is one step of undo, however many settings it passes.
let gesture = null;

const same = (first, second) => JSON.stringify(first) === JSON.stringify(second);

/** Takes another setting. Changes with the same `movement` in a row are one step of undo. */
export function change(setting, movement = null) {
  if (same(setting, state.setting)) return;
  if (movement === null || movement !== gesture) {
    past.push(state.setting);
    if (past.length > 200) past.shift();
    future.length = 0;
  }
  gesture = movement;
  take(setting, movement !== null);
}

/** Ends a movement: what follows is another step of undo. */
export function settle() {
  if (gesture === null) return;
  gesture = null;
  emit("settled");
}

/** Takes back the last step. */
export function undo() {
  if (past.length === 0) return;
  future.push(state.setting);
  gesture = null;
  take(past.pop(), false);
}

/** Takes the last undone step again. */
export function redo() {
  if (future.length === 0) return;
  past.push(state.setting);
  gesture = null;
  take(future.pop(), false);
}

export const canUndo = () => past.length > 0;
export const canRedo = () => future.length > 0;

function take(setting, moving) {
  state.setting = setting;
  remember();
  emit("setting", { moving });
}

// A reload keeps the setting. The address holds a new token at each start of the server, so that a
// setting of another run cannot come back.
const place = () => `setting ${location.pathname}`;

function remember() {
  try {
    sessionStorage.setItem(place(), JSON.stringify(state.setting));
  } catch {
    // Without storage a reload begins with the published zones, which is all that is lost.
  }
}

/** Begins with the published zones, or with what the page had before it was loaded again. */
export function begin(info) {
  state.info = info;
  state.problems = info.problems?.standard ?? 0;
  state.variants = info.variants;
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(place()));
  } catch {
    kept = null;
  }
  state.setting = kept?.method ? kept : info.published;
}

/** The last variant that has a name, which later settings are compared with. */
export const lastVariant = () => state.variants.at(-1)?.name ?? null;

/** The name of the model that plays a role. */
export const nameOf = role => state.info.models.find(model => model.role === role)?.name ?? role;
