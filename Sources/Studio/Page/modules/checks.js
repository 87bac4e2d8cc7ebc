// Whether the step of a lesson is done. A check is data from the server, evaluated here.

import { on } from "./signals.js";
import { state } from "./state.js";

// What has happened since the page was opened; "evaluated" belongs to the present setting.
const happened = { asked: false, named: false, compared: false, map: false, bars: new Set(), exported: new Set() };

/** Calls `look` whenever something has happened that a step may wait for. */
export function startChecks(look) {
  const note = (signal, record) => on(signal, detail => {
    record(detail);
    look();
  });
  note("asked", () => { happened.asked = true; });
  note("named", () => { happened.named = true; });
  note("compared", () => { happened.compared = true; });
  note("mapped", () => { happened.map = true; });
  note("bars-shown", kind => happened.bars.add(kind));
  note("exported", form => happened.exported.add(form));
  for (const signal of ["view", "plan", "evaluated"]) note(signal, () => {});
}

const tests = {
  view: name => state.view === name,
  setting: wanted => Object.entries(wanted).every(([key, value]) => JSON.stringify(present(key)) === JSON.stringify(value)),
  evaluated: wanted => state.merge.whole === wanted,
  asked: wanted => happened.asked === wanted,
  named: wanted => happened.named === wanted,
  compared: wanted => happened.compared === wanted,
  map: wanted => happened.map === wanted,
  bars: kind => happened.bars.has(kind),
  exported: form => happened.exported.has(form),
  // Only the reader knows; the panel has a button.
  read: () => false,
};

/** Every part of the check has to hold. */
export const holds = check => Object.entries(check).every(([kind, wanted]) => tests[kind]?.(wanted) ?? false);

function present(key) {
  const { keys } = state.info;
  if (state.setting[key] !== undefined) return state.setting[key];
  const fallback = keys[key]?.fallback;
  return ["number", "whole"].includes(keys[key]?.kind) ? Number(fallback) : fallback;
}
