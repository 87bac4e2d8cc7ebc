// The picture of the method: one column a model, one row a layer, the merge between its experts.
// It draws what the plan says and nothing else, so that every method has the same picture.

import { element, replace, rove } from "./element.js";
import { on, emit } from "./signals.js";
import { state, change, nameOf } from "./state.js";
import { isSwap, weightIn, withCoefficient } from "./zones.js";
import { buildHandles, rowHeight } from "./handles.js";
import { drawBars } from "./bars.js";
import { paint, colorOf, wordFor, sentenceFor } from "./sources.js";
import { modelMeaning, modelName } from "./words.js";

const halves = ["attention", "mlp"];
const halfNames = { attention: "attention", mlp: "MLP" };
let stack;
let cells;

/** Rows from the top to the bottom, as a reader of a network draws them. */
export function rows() {
  const layers = Array.from({ length: state.info.layers }, (_, index) => state.info.layers - 1 - index);
  return [
    { part: "head", label: "head", title: "The output head turns the last state into a probability of each token." },
    { part: "final_norm", label: "norm", title: "The final norm scales the last state before the head reads it." },
    ...layers.map(layer => ({ part: layer, label: String(layer), title: `Layer ${layer}` })),
    { part: "embeddings", label: "embed", title: "The embeddings turn each token into a first state." },
  ];
}

export function buildStack() {
  stack = element("div", { class: "stack", role: "group", "aria-label": "Layers of all models" });
  stack.style.setProperty("--row", `${rowHeight()}px`);
  stack.classList.toggle("dense", rowHeight() < 24);
  on("plan", draw);
  on("split", rebuild);
  on("bars", drawAllBars);
  rove(stack, "button.cell", () => (state.split ? 2 : 1));
  rebuild();
  return stack;
}

function rebuild() {
  const focused = document.activeElement?.dataset?.layer;
  cells = new Map();
  const columns = [
    { model: nameOf("base"), column: 2, kind: "base" }, { model: nameOf("language"), column: 3, kind: "language" },
    { model: "merge", column: 5, kind: "merge" }, { model: nameOf("math"), column: 7, kind: "math" },
  ];
  const parts = [];
  for (const { model, column, kind } of columns) {
    parts.push(place(element("div", { class: `column-name ${kind}`, title: modelMeaning(kind) },
      modelName(kind).split(" ").map(word => element("span", {}, word))), 1, column));
  }
  rows().forEach((row, index) => {
    parts.push(place(element("div", { class: "row-label", title: row.title }, row.label), index + 2, 1));
    for (const { kind, column } of columns) {
      const cell = kind === "merge" ? mergeCell(row) : element("div", { class: `cell ${kind}`, "aria-hidden": "true" });
      cells.set(`${kind} ${row.part}`, cell);
      parts.push(place(cell, index + 2, column));
    }
    for (const [side, column] of [["language", 4], ["math", 6]]) {
      const flow = element("div", { class: `flow ${side}`, "aria-hidden": "true" });
      cells.set(`flow-${side} ${row.part}`, flow);
      parts.push(place(flow, index + 2, column));
    }
  });
  const handles = place(buildHandles(), 4, 5);
  handles.style.gridRow = `4 / span ${state.info.layers}`;
  replace(stack, parts, handles);
  drawAllBars();
  if (state.plan) draw();
  if (focused !== undefined) stack.querySelector(`button.cell[data-layer="${focused}"]`)?.focus();
}

function place(node, row, column) {
  node.style.gridRow = row;
  node.style.gridColumn = column;
  return node;
}

function mergeCell(row) {
  if (typeof row.part !== "number") return element("div", { class: "cell merge fixed", role: "img" });
  const parts = state.split ? halves : ["both"];
  return element("div", { class: "merge-row" }, parts.map(half => element("button", {
    type: "button", class: "cell merge", tabindex: row.part === state.info.layers - 1 && half !== "mlp" ? 0 : -1,
    "data-layer": row.part, "data-half": half,
    on: { click: () => cycle(row.part, half), focus: () => emit("layer", { layer: row.part, half }) },
  })));
}

/** A click goes round: all math, half of each, all language. */
function cycle(layer, half) {
  if (!isSwap()) return;
  const present = weightIn(state.plan, layer, half === "mlp" ? "mlp" : "attention");
  const next = present < 0.25 ? 0.5 : present < 0.75 ? 1 : 0;
  change(withCoefficient(layer, half === "both" ? halves : [half], next));
}

function draw() {
  const { sources } = state.plan;
  for (const row of rows()) {
    const layer = typeof row.part === "number" ? sources.layers[row.part] : null;
    // A tied head is the embeddings read backwards, and has their source.
    const whole = layer ? null : sources[row.part] ?? sources.embeddings;
    const pair = layer ? halves.map(half => layer[half]) : [whole];
    drawMerge(row, pair, layer);
    for (const role of ["base", "language", "math"]) {
      const weights = pair.map(source => source.parts.find(part => part.model === nameOf(role))?.weight ?? 0);
      const unclear = pair.some(source => source.parts.length === 0);
      drawExpert(row, role, weights.reduce((sum, weight) => sum + weight, 0) / weights.length, unclear);
    }
  }
  stack.classList.toggle("locked", !isSwap());
}

function drawMerge(row, pair, layer) {
  const cell = cells.get(`merge ${row.part}`);
  if (!layer) {
    paint(cell, pair[0]);
    const tied = row.part === "head" && state.plan.sources.head === null;
    cell.replaceChildren(tied ? "tied" : wordFor(pair[0]));
    cell.title = tied ? "The head is tied to the embeddings: both are one tensor." : sentenceFor(pair[0]);
    cell.setAttribute("aria-label", `${row.label}: ${sentenceFor(pair[0])}`);
    return;
  }
  const differ = JSON.stringify(pair[0]) !== JSON.stringify(pair[1]);
  for (const node of cell.children) {
    const { half } = node.dataset;
    const source = half === "mlp" ? pair[1] : pair[0];
    paint(node, source);
    // Without the switch, halves that differ still have to be seen.
    if (half === "both" && differ) {
      node.style.background = `linear-gradient(90deg, ${colorOf(pair[0])} 50%, ${colorOf(pair[1])} 50%)`;
    }
    const text = half === "both" && differ ? `${wordFor(pair[0], true)} | ${wordFor(pair[1], true)}` : wordFor(source, half !== "both");
    node.replaceChildren(text);
    const name = half === "both" ? `Layer ${row.part}` : `Layer ${row.part}, ${halfNames[half]}`;
    node.title = `${name}: ${sentenceFor(source)}`;
    node.setAttribute("aria-label", `${name}: ${sentenceFor(source)}`);
    node.setAttribute("aria-disabled", String(!isSwap()));
  }
}

// An expert's cell is full as far as the merge takes from it, from the side of the merge.
function drawExpert(row, role, weight, unclear) {
  const cell = cells.get(`${role} ${row.part}`);
  cell.style.setProperty("--taken", `${Math.min(1, Math.max(0, weight)) * 100}%`);
  cell.classList.toggle("unclear", unclear);
  const flow = cells.get(`flow-${role} ${row.part}`);
  flow?.classList.toggle("open", weight > 0 || unclear);
  flow?.classList.toggle("unclear", unclear);
  flow?.style.setProperty("--flow", unclear ? 0.5 : Math.min(1, Math.max(0.25, weight)));
}

function drawAllBars() {
  stack.querySelectorAll(".bar, .bar-name").forEach(node => node.remove());
  drawBars(rows(), (node, row, column) => stack.append(place(node, row, column)), 8);
  // Bars take the room that the flows can spare.
  stack.classList.toggle("with-bars", stack.querySelector(".bar") !== null);
}
