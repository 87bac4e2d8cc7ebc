// What the present merge answers: squares, scores with their intervals, and differences, while they
// come. Every place is kept from the start, so that nothing moves.

import { element, field, menu, replace, say } from "./element.js";
import { on, emit } from "./signals.js";
import { state } from "./state.js";
import { languages, progress, restart } from "./evaluation.js";
import { buildSquares, buildKey } from "./squares.js";
import { buildDifferences, growAxis } from "./differences.js";
import { buildInspection } from "./inspection.js";
import { duration, interval, languageName, modelName, percent } from "./words.js";

export function buildAnswers() {
  const live = element("p", { class: "visually-hidden", role: "status", "aria-live": "polite" });
  const blocks = languages().map(buildLanguage);
  on("evaluated", () => say(live, languages().map(language => {
    const score = state.merge.scores[language];
    return score ? `${languageName(language)} ${percent(score.exact.share)}` : "";
  }).join(", ")));
  return element("section", { class: "answers", "aria-label": "Answers" },
    buildTop(), blocks, buildKeys(), buildInspection(), live);
}

function buildTop() {
  const status = element("p", { class: "times" });
  const meter = element("progress", { max: 1, value: 0, "aria-label": "Problems asked" });
  const { least, most, standard } = state.info.problems;
  const counts = [...new Set([least, standard, 200, 300, most])].filter(count => count >= least && count <= most).sort((a, b) => a - b);
  const select = menu(counts.map(count => [String(count), String(count)]), String(state.problems), value => {
    state.problems = Number(value);
    emit("count");
    restart();
  });
  on("progress", () => {
    say(status, timesText());
    status.classList.toggle("problem", progress.problem !== null);
    meter.max = progress.of || 1;
    meter.value = progress.done;
    meter.classList.toggle("idle", progress.asking === null);
  });
  on("merge-started", () => say(status, "Merging …"));
  return element("div", { class: "answers-top" },
    element("div", { class: "answers-title" }, element("h2", {}, "Answers"),
      element("p", { class: "note" }, "Asked are ", element("b", {}, "development problems"), ", never the test split, so that a result you report later stays honest.")),
    field("Problems", select), element("div", { class: "running" }, meter, status));
}

function timesText() {
  if (progress.problem) return progress.problem;
  if (progress.asking && progress.asking !== "merge") return `Asking ${modelName(progress.asking)} first: ${progress.done} of ${progress.of}`;
  const parts = [];
  if (progress.merged !== null) parts.push(`merged in ${duration(progress.merged)}`);
  if (progress.first !== null) parts.push(`first answer ${duration(progress.first)}`);
  if (progress.all !== null) parts.push(`all ${duration(progress.all)}`);
  return parts.join(" · ");
}

function buildLanguage(language) {
  const name = languageName(language);
  const share = element("span", { class: "share" }, "–");
  const range = element("span", { class: "range" });
  const equation = element("span", { class: "equation" });
  const head = element("div", { class: "score" },
    element("h3", {}, name), share,
    element("div", { class: "score-notes" }, range, equation));
  const place = element("div", { class: "squares-place" });
  const differences = element("div", { class: "differences-place" },
    element("p", { class: "differences-title", title: "Both models were asked the same problems. The line is the 95 % interval of the difference." },
      "Difference in points"), buildDifferences(language));
  let squares;
  const rebuild = () => {
    squares = buildSquares(language, name, state.problems);
    place.replaceChildren(squares.node);
  };
  const clear = () => {
    head.classList.add("stale");
    squares.drawAll();
  };
  on("count", rebuild);
  on("answers-cleared", clear);
  on("merge-started", clear);
  on("known", () => squares.drawAll());
  on("setting", () => head.classList.add("stale"));
  on("answers", piece => {
    if (piece.language !== language) return;
    piece.answers.forEach((_, index) => squares.draw(piece.start + index));
  });
  on("score", scored => {
    if (scored !== language) return;
    const score = state.merge.scores[language];
    head.classList.remove("stale");
    say(share, percent(score.exact.share));
    replace(range, element("abbr", { title: "95 % interval: other problems of the same kind would give a share within it 19 times in 20." }, "interval"), ` ${interval(score.exact)}`);
    replace(equation, ...(score.equation ? [element("abbr", { title: "How many replies contain the right calculation, whatever its result." }, "equation"), ` ${percent(score.equation.share)}`] : []));
    if (growAxis(score)) emit("axis");
  });
  rebuild();
  return element("article", { class: "asked", "aria-label": name }, head, place, differences);
}

function buildKeys() {
  return element("div", { class: "keys" }, buildKey(),
    element("p", { class: "key" }, element("span", {}, element("i", { class: "mark sure" }), "hardly chance (the 95 % interval leaves out 0)"),
      element("span", {}, element("i", { class: "mark" }), "could be chance")));
}

/** The sentence in the place of the answers where there can be none. */
export function buildWithoutAnswers() {
  return element("section", { class: "answers none", "aria-label": "Answers" },
    element("p", { class: "calm" }, `There are no answers here. ${state.info.reason ?? ""}`));
}
