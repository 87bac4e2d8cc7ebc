// The problem behind a square: its question, its answer, and what each model replied. It stands in a
// place of its own below the squares, where it covers none of them.

import { element, replace } from "./element.js";
import { on } from "./signals.js";
import { state, lastVariant } from "./state.js";
import { problems } from "./evaluation.js";
import { modelColor } from "./sources.js";
import { languageName, languageTag } from "./words.js";

export function buildInspection() {
  const box = element("div", { class: "inspection", tabindex: 0, role: "region", "aria-label": "The problem behind a square" });
  let shown = null;
  const draw = () => shown ? replace(box, describe(shown)) : replace(box, element("p", { class: "note" }, "Point at a square, or move to it with the Tab and arrow keys, to read its problem and the replies."));
  on("inspect", chosen => {
    shown = chosen;
    draw();
  });
  on("count", () => {
    shown = null;
    draw();
  });
  on("evaluated", draw);
  draw();
  return box;
}

function describe({ language, place }) {
  const problem = problems[language]?.[place];
  if (!problem) return element("p", { class: "note" }, "This problem is not there yet.");
  const last = lastVariant();
  const names = ["merge", ...state.info.references, ...(last ? [last] : [])];
  const other = language === "english" ? null : problems.english?.[place];
  return [element("div", {},
    element("p", { class: "which" }, `${languageName(language)}, problem ${place + 1}`),
    element("p", { class: "question", lang: languageTag(language) }, problem.question),
    other ? element("p", { class: "note", lang: "en" }, other.question) : null,
    element("p", { class: "expected" }, "Answer ", element("b", {}, problem.answer),
      problem.equations?.length ? element("span", { class: "note" }, `  ${problem.equations.join(", ")}`) : null)),
  element("div", {}, element("ul", { class: "replies-list" }, names.map(name => {
      const answer = (name === "merge" ? state.merge : state.known.get(name))?.answers[language]?.[place];
      return element("li", {},
        element("span", { class: "who" }, element("i", { class: "swatch", style: { background: name === "merge" ? "var(--text)" : modelColor(name) } }), name),
        element("span", { class: answer ? (answer.right ? "verdict right" : "verdict wrong") : "verdict", "aria-label": answer ? (answer.right ? "right" : "wrong") : "not asked" }, answer ? (answer.right ? "✓" : "✗") : "·"),
        element("span", { class: "reply", lang: languageTag(language) }, answer?.reply ?? ""));
    }))),
  ];
}
