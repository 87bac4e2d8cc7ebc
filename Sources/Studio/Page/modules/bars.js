// Thin bars beside each layer: what training changed there, which weights carry mathematics, and
// how alike the states of two languages are. What is not known yet is computed when asked for.

import { element, replace, say } from "./element.js";
import { get, stream, isAbort } from "./server.js";
import { on, emit } from "./signals.js";
import { state } from "./state.js";
import { languageName } from "./words.js";

const kinds = {
  change: { label: "Change", meaning: "How far each expert has moved from the base in each layer." },
  sets: { label: "Mathematics", meaning: "The share of weights that carry mathematics in each language, and how many of them the languages share." },
  states: { label: "Likeness", meaning: "How alike the states of a sentence and of its translation are behind each layer." },
};

let known = null;
const shown = new Set();
let status;

/** The series that are switched on: a name, a colour, a value a layer. */
function series() {
  const list = [];
  const add = (label, meaning, color, values) => values && list.push({ label, meaning, color, values });
  if (shown.has("change") && known?.change) {
    add("Δ lang", "Change of the language expert", "var(--c0)", known.change.language);
    add("Δ math", "Change of the math expert", "var(--c1)", known.change.math);
  }
  if (shown.has("sets") && known?.sets) {
    for (const [code, values] of Object.entries(known.sets.share)) {
      add(code, `Share of weights that carry mathematics in ${languageName(code)}`, "var(--c4)", values);
    }
    add("both", "Share of these weights that the languages have in common", "var(--c2)", known.sets.overlap);
  }
  if (shown.has("states") && known?.states) {
    add("alike", "How alike the states of both languages are", "var(--c3)", known.states.alike);
  }
  return list;
}

/** Puts the bars of all rows in place; each kind has its own scale, from 0 to its largest value. */
export function drawBars(rows, put, column) {
  const list = series();
  const most = new Map();
  for (const entry of list) {
    const group = entry.label.startsWith("Δ") ? "Δ" : entry.color;
    most.set(group, Math.max(most.get(group) ?? 0, ...entry.values));
  }
  list.forEach((entry, index) => {
    put(element("div", { class: "bar-name", title: entry.meaning }, entry.label), 1, column + index);
    rows.forEach((row, number) => {
      if (typeof row.part !== "number") return;
      const value = entry.values[row.part] ?? 0;
      const largest = most.get(entry.label.startsWith("Δ") ? "Δ" : entry.color) || 1;
      const fill = element("span", { style: { width: `${Math.max(2, (value / largest) * 100)}%`, background: entry.color } });
      const words = `${entry.meaning}, layer ${row.part}: ${value.toPrecision(2)}`;
      put(element("div", { class: "bar", role: "img", "aria-label": words, title: words }, fill), number + 2, column + index);
    });
  });
}

/** Switches for the kinds. */
export function buildBarSwitches() {
  status = element("span", { class: "note", role: "status" });
  const group = element("div", { class: "switches", role: "group", "aria-label": "Bars beside the layers" },
    element("span", { class: "switch-name" }, "Bars"));
  for (const [kind, { label, meaning }] of Object.entries(kinds)) {
    const toggle = element("button", { type: "button", class: "toggle", "aria-pressed": "false", title: meaning,
      on: { click: () => flip(kind, toggle) } }, label);
    group.append(toggle);
  }
  group.append(status);
  on("studio", () => load());
  return group;
}

async function load() {
  try {
    known = await get("api/bars");
    emit("bars");
  } catch (error) {
    if (!isAbort(error)) say(status, error.message);
  }
}

async function flip(kind, toggle) {
  if (shown.delete(kind)) {
    toggle.setAttribute("aria-pressed", "false");
    emit("bars");
    return;
  }
  shown.add(kind);
  toggle.setAttribute("aria-pressed", "true");
  if (!known) await load();
  if (!known?.[kind]) await compute(kind);
  emit("bars");
  if (known?.[kind]) emit("bars-shown", kind);
  if (!known?.[kind]) {
    shown.delete(kind);
    toggle.setAttribute("aria-pressed", "false");
  }
}

async function compute(kind) {
  try {
    say(status, "Computing …");
    await stream("api/bars/compute", { kind }, {
      progress: ({ what, done, of }) => replace(status, `Computing ${what ? `${what}, ` : ""}${done} of ${of}`),
    });
    known = await get("api/bars");
    say(status, "");
  } catch (error) {
    say(status, error.message);
  }
}
