// Paired differences as a small chart of intervals: one row a model that the merge is compared with,
// and one axis for both languages, so that they can be read against each other.

import { element, replace } from "./element.js";
import { on } from "./signals.js";
import { state, lastVariant } from "./state.js";
import { modelColor } from "./sources.js";
import { modelMeaning, modelName, percent, points, probability } from "./words.js";

// The axis only ever grows: one that jumps at each change would hide what the change did.
const axis = { low: -0.2, high: 0.4 };

export function buildDifferences(language) {
  const node = element("div", { class: "differences", role: "table", "aria-label": "The merge compared with other models, in percentage points" });
  const draw = () => drawRows(node, language);
  for (const signal of ["answers-cleared", "merge-started", "score", "known", "variants", "axis"]) on(signal, draw);
  draw();
  return node;
}

/** Widens the axis for the intervals of a score; true when it has grown. */
export function growAxis(score) {
  const before = axis.low + axis.high * 10;
  for (const { low, high } of score.differences) {
    axis.low = Math.max(-1, Math.min(axis.low, Math.floor(low * 5) / 5));
    axis.high = Math.min(1, Math.max(axis.high, Math.ceil(high * 5) / 5));
  }
  return before !== axis.low + axis.high * 10;
}

const at = value => `${((Math.min(axis.high, Math.max(axis.low, value)) - axis.low) / (axis.high - axis.low)) * 100}%`;

function drawRows(node, language) {
  const last = lastVariant();
  const names = [...state.info.references, ...(last ? [last] : [])];
  const found = new Map((state.merge.scores[language]?.differences ?? []).map(entry => [entry.to, entry]));
  const stepsOf = axis.high - axis.low > 0.9 ? 0.4 : 0.2;
  const ticks = [];
  for (let value = Math.ceil(axis.low / stepsOf) * stepsOf; value <= axis.high + 1e-9; value += stepsOf) ticks.push(Math.round(value * 100) / 100);
  const lines = ticks.map(value => element("i", { class: value === 0 ? "zero" : "tick", style: { left: at(value) } }));
  replace(node,
    names.map(name => element("div", { role: "row", class: "difference" },
      element("span", { role: "rowheader", class: "who", title: modelMeaning(name) },
        element("i", { class: "swatch", style: { background: modelColor(name) } }), name),
      element("span", { role: "cell", class: "its", title: "Right answers of this model" }, shareOf(name, language)),
      element("span", { class: "track", "aria-hidden": "true" }, lines.map(line => line.cloneNode()), interval(found.get(name), name)),
      element("span", { role: "cell", class: "by", title: sentence(found.get(name), name) }, found.has(name) ? points(found.get(name).difference) : "–"))),
    element("div", { class: "difference axis", "aria-hidden": "true" }, element("span", {}), element("span", {}),
      element("span", { class: "track" }, ticks.map(value => element("b", { style: { left: at(value) } }, points(value).replace(".0", "")))),
      element("span", {})));
}

function shareOf(name, language) {
  const score = state.known.get(name)?.scores[language];
  return score ? percent(score.exact.share, 0) : "–";
}

function interval(entry, name) {
  if (!entry) return [];
  const sure = entry.low > 0 || entry.high < 0;
  const color = modelColor(name);
  const from = at(entry.low);
  return [
    element("i", { class: "whisker", style: { left: from, width: `calc(${at(entry.high)} - ${from})`, background: color } }),
    element("i", { class: sure ? "dot sure" : "dot", style: { left: at(entry.difference), "border-color": color, "--dot": color } }),
  ];
}

function sentence(entry, name) {
  if (!entry) return "";
  return `${points(entry.difference)} points against ${modelName(name)}, ${points(entry.low)} to ${points(entry.high)}; `
    + `${entry.gained} gained, ${entry.lost} lost, ${probability(entry.p)}`;
}
