// Zones and coefficients of a layer swap, read from a setting and written to it. Nothing here
// draws; the server's plan stays the only word on what a merge consists of.

import { state, nameOf } from "./state.js";

/** Keys that say how wide the zones are, from the bottom upwards. */
export const zoneKeys = ["bottom", "bottom_transition", "top_transition", "top"];

export const isSwap = (setting = state.setting) => (setting.method ?? "layer-swap") === "layer-swap";

/** Whether each layer has a coefficient of its own instead of zones. */
export const hasCoefficients = (setting = state.setting) => setting.coefficients !== undefined;

/** Whether handles make sense: a swap by zones, or one that can be read as zones. */
export const hasHandles = (setting = state.setting) =>
  isSwap(setting) && ["zones", undefined].includes(setting.pattern);

/**
 * The language expert's weight in one half of a layer: the setting's own coefficient, which is there
 * before the server has answered, and otherwise what the plan says.
 */
export function weightIn(plan, layer, half) {
  const own = state.setting.coefficients;
  if (own !== undefined) return (Array.isArray(own) ? own : own[half] ?? own)[layer] ?? Number(own) ?? 0;
  const parts = plan?.sources.layers[layer]?.[half].parts ?? [];
  return parts.find(part => part.model === nameOf("language"))?.weight ?? 0;
}

/** The widths of the zones; for coefficients, the zones that come nearest to them. */
export function zonesOf(setting = state.setting, plan = state.plan) {
  const layers = state.info.layers;
  if (!hasCoefficients(setting)) {
    return Object.fromEntries(zoneKeys.map(key => [key, setting[key] ?? state.info.published[key] ?? 0]));
  }
  const weights = Array.from({ length: layers }, (_, layer) => weightIn(plan, layer, "attention"));
  const run = (from, step, test) => {
    let length = 0;
    for (let layer = from; layer >= 0 && layer < layers && test(weights[layer]); layer += step) length += 1;
    return length;
  };
  const mixed = weight => weight > 0 && weight < 1;
  const bottom = run(0, 1, weight => weight === 1);
  const bottomTransition = run(bottom, 1, mixed);
  const below = bottom + bottomTransition;
  const top = Math.min(run(layers - 1, -1, weight => weight === 1), layers - below);
  const topTransition = Math.min(run(layers - 1 - top, -1, mixed), layers - below - top);
  return { bottom, bottom_transition: bottomTransition, top_transition: topTransition, top };
}

/** The most that one zone can have beside the others. */
export function roomFor(key, zones) {
  const others = zoneKeys.filter(other => other !== key).reduce((sum, other) => sum + zones[other], 0);
  return Math.max(0, state.info.layers - others);
}

/** The setting with other zones. Own coefficients go: a layer cannot follow both. */
export function withZones(zones, setting = state.setting) {
  const { coefficients, ...rest } = setting;
  return { ...rest, method: "layer-swap", ...zones };
}

/** The setting with the weight of one half (or both) of a layer set, and all others as they are. */
export function withCoefficient(layer, halves, weight, setting = state.setting, plan = state.plan) {
  const lists = {};
  for (const half of ["attention", "mlp"]) {
    lists[half] = Array.from({ length: state.info.layers }, (_, index) => weightIn(plan, index, half));
    if (halves.includes(half)) lists[half][layer] = weight;
  }
  const { bottom, top, bottom_transition, top_transition, transition, pattern, direction, tensors,
    seed, threshold, granularity, coefficients, ...rest } = setting;
  const equal = lists.attention.every((value, index) => value === lists.mlp[index]);
  return { ...rest, coefficients: equal ? lists.attention : lists };
}
