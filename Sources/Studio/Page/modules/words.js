// Numbers and names in words, the same in every view.

import { state } from "./state.js";

/** "94.0 %", with a space that does not break. */
export const percent = (share, digits = 1) => `${(share * 100).toFixed(digits)}\u00a0%`;

/** "86.3 to 96.6 %", the 95 % interval of a share. */
export const interval = share =>
  `${(share.low * 100).toFixed(1)} to ${(share.high * 100).toFixed(1)}\u00a0%`;

/** "+23.0", in percentage points, with a real minus. */
export function points(difference) {
  const text = Math.abs(difference * 100).toFixed(1);
  if (Number(text) === 0) return "0.0";
  return `${difference < 0 ? "−" : "+"}${text}`;
}

/** "p = .012" as the field writes it. */
export function probability(p) {
  if (p < 0.001) return "p < .001";
  if (p > 0.995) return "p = 1";
  return `p = ${p.toFixed(p < 0.1 ? 3 : 2).replace(/^0/, "")}`;
}

/** "812 ms" or "2.1 s". */
export const duration = milliseconds =>
  milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;

/** "1 layer", "2 layers". */
export const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** The name of a language by its role or its code. */
export function languageName(key) {
  const all = [...state.info.languages, ...state.info.bystanders];
  return all.find(entry => entry.role === key || entry.code === key)?.name ?? key;
}

/** The tag of a language for `lang`, so that a screen reader pronounces it as what it is. */
export function languageTag(key) {
  return state.info.languages.find(entry => entry.role === key)?.code ?? key;
}

const titles = { math: "math expert", language: "language expert", soup: "soup" };

/** "math expert" for `math`; the name itself for what has no other. */
export const modelName = name => titles[name] ?? name;

/** What a reference is, for a title. */
export function modelMeaning(name) {
  return {
    base: "The model from which both experts were trained.",
    math: "The base, trained on mathematics.",
    language: "The base, trained on the target language.",
    soup: "The plain average of both experts, which a swap has to beat.",
    merge: "What the present setting makes of both experts.",
  }[name] ?? "A named variant.";
}

/** Text of a key or a choice: `bottom_transition` becomes "bottom transition". */
export const spaced = key => key.replaceAll("_", " ").replaceAll("-", " ");

/** With a capital, as a label or a sentence begins. */
export const capital = text => text.charAt(0).toUpperCase() + text.slice(1);
