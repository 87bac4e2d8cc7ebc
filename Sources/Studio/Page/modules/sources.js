// How the source of a part of the merge is shown: its colour, one word, and one sentence.

import { element } from "./element.js";
import { state } from "./state.js";
import { modelName } from "./words.js";

const colors = { base: "var(--c5)", math: "var(--c1)", language: "var(--c0)" };

/** The colour of a model: experts and base have their own, all others one. */
export function modelColor(name) {
  const role = state.info.models.find(model => model.name === name)?.role;
  if (name === "soup") return "color-mix(in oklab, var(--c0), var(--c1))";
  return colors[role] ?? "var(--c3)";
}

/** A mixture has the colour between its parts, by weight. */
export function colorOf(source) {
  const parts = source.parts.filter(part => part.weight !== 0);
  let color = null;
  let sum = 0;
  for (const part of parts) {
    const weight = Math.abs(part.weight);
    sum += weight;
    const share = Math.round((weight / sum) * 100);
    color = color ? `color-mix(in oklab, ${modelColor(part.model)} ${share}%, ${color})` : modelColor(part.model);
  }
  return color ?? "var(--c3)";
}

/** Paints a cell. What is no weighted mean has a pattern, since no colour could say what it is. */
export function paint(cell, source) {
  const plain = source.parts.length > 0;
  cell.classList.toggle("patterned", !plain);
  cell.style.background = plain ? colorOf(source) : "";
}

/** "language", "language 50 %", or "50 %" where there is little room, as the style decides too. */
export function wordFor(source, short = false) {
  const parts = source.parts.filter(part => part.weight !== 0);
  if (parts.length === 0) return short ? "Δ" : "base + Δ";
  if (parts.length === 1 && parts[0].weight === 1) return short ? parts[0].model.slice(0, 4) : parts[0].model;
  const first = parts.reduce((best, part) => (part.weight > best.weight ? part : best));
  const share = `${Math.round(first.weight * 100)}\u00a0%`;
  return short ? share : element("span", {}, element("span", { class: "of" }, `${first.model} `), share);
}

/** The source in words, for a title and a screen reader. */
export function sentenceFor(source) {
  if (source.parts.length === 0) return source.formula;
  return source.parts.filter(part => part.weight !== 0)
    .map(part => (part.weight === 1 ? modelName(part.model) : `${Math.round(part.weight * 100)} % ${modelName(part.model)}`))
    .join(" and ");
}
