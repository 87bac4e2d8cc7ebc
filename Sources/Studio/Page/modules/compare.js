// Two settings, variants or models side by side: a table of both, McNemar's test, and the problems
// on which they differ with both replies.

import { button, element, field, menu, replace, say } from "./element.js";
import { get, stream, isAbort } from "./server.js";
import { on, emit } from "./signals.js";
import { state } from "./state.js";
import { languageName, languageTag, modelName, points, probability } from "./words.js";

export function buildCompare() {
  const chosen = { first: "setting", second: "model base" };
  const places = element("div", { class: "row-of-tools" });
  const status = element("p", { class: "times", role: "status" });
  const result = element("div", { class: "comparison" });
  const begin = button("Compare", () => start(), { class: "primary" });
  let abort = null;

  const drawChoices = () => {
    const choices = [["setting", "the present setting"], ...state.variants.map(({ name }) => [`variant ${name}`, name]).reverse(),
      ...[...new Set([...state.info.models.map(model => model.name), "soup"])].map(name => [`model ${name}`, modelName(name)])];
    for (const side of ["first", "second"]) {
      if (!choices.some(([value]) => value === chosen[side])) chosen[side] = choices[0][0];
    }
    replace(places, field("First", menu(choices, chosen.first, value => { chosen.first = value; })),
      field("Second", menu(choices, chosen.second, value => { chosen.second = value; })), begin);
  };
  const last = state.variants.at(-1);
  if (last) chosen.second = `variant ${last.name}`;
  on("variants", drawChoices);
  drawChoices();

  const start = async () => {
    abort?.abort();
    const mine = new AbortController();
    abort = mine;
    const names = { first: nameOf(chosen.first), second: nameOf(chosen.second) };
    const answers = { first: {}, second: {} };
    const count = state.problems;
    let asked = 0;
    replace(result);
    say(status, "Asking both …");
    try {
      const problems = await get(`api/problems?count=${count}`, mine.signal);
      await stream("api/compare", { first: sideOf(chosen.first), second: sideOf(chosen.second), problems: count }, {
        answers: ({ side, language, start: from, answers: piece }) => {
          const list = answers[side][language] ??= [];
          piece.forEach((answer, index) => { list[from + index] = answer; });
          asked += piece.length;
          say(status, `${asked} of ${count * state.info.languages.length * 2} answers`);
        },
        comparison: comparison => result.append(describe(comparison, names, answers, problems)),
      }, mine.signal);
      say(status, `The same ${count} development problems for both.`);
      emit("compared");
    } catch (error) {
      if (!isAbort(error)) say(status, error.message);
    }
  };

  return element("section", { class: "compare", "aria-label": "Compare" }, element("h2", {}, "Compare two"), places, status, result);
}

const nameOf = value => (value === "setting" ? "the present setting" : modelName(value.slice(value.indexOf(" ") + 1)));

function sideOf(value) {
  if (value === "setting") return { setting: state.setting };
  const [kind, ...rest] = value.split(" ");
  return { [kind]: rest.join(" ") };
}

function describe(comparison, names, answers, problems) {
  const { language, both, neither, first, second, difference, low, high, p } = comparison;
  const sure = low > 0 || high < 0;
  const cell = (number, strong = false) => element("td", { class: "number" }, element(strong ? "b" : "span", {}, number));
  return element("article", { class: "compared" },
    element("h3", {}, languageName(language)),
    element("p", {}, element("b", {}, `${points(difference)} points`), ` for ${names.second} against ${names.first} (${points(low)} to ${points(high)}), `,
      element("abbr", { title: "McNemar's test: how likely so uneven a split of the problems on which they differ would be, if both were equally good." }, probability(p)),
      sure ? "." : ". That could be chance."),
    element("table", { class: "crossed" },
      element("thead", {}, element("tr", {}, element("td", {}), element("th", { scope: "col", class: "number" }, "second right"), element("th", { scope: "col", class: "number" }, "second wrong"))),
      element("tbody", {},
        element("tr", {}, element("th", { scope: "row", class: "name" }, "first right"), cell(both), cell(first.length, true)),
        element("tr", {}, element("th", { scope: "row", class: "name" }, "first wrong"), cell(second.length, true), cell(neither)))),
    differing(`Only ${names.first} is right`, first, language, names, answers, problems),
    differing(`Only ${names.second} is right`, second, language, names, answers, problems));
}

function differing(title, places, language, names, answers, problems) {
  if (places.length === 0) return element("p", { class: "note" }, `${title}: no problem.`);
  const list = element("ol", { class: "differing" });
  const folded = element("details", {}, element("summary", {}, `${title}: ${places.length}`), list);
  // Hundreds of problems are made only when someone opens them.
  folded.addEventListener("toggle", () => {
    if (list.children.length > 0) return;
    const tag = languageTag(language);
    list.append(...places.map(place => {
      const problem = problems[language]?.[place];
      return element("li", { value: place + 1 },
        element("p", { class: "question", lang: tag }, problem?.question ?? ""),
        element("p", { class: "note" }, `Answer ${problem?.answer ?? "?"}`),
        ["first", "second"].map(side => {
          const answer = answers[side][language]?.[place];
          return element("p", { class: "both-replies" }, element("span", { class: answer?.right ? "verdict right" : "verdict wrong" }, answer?.right ? "✓ " : "✗ "),
            element("span", { class: "note" }, `${names[side]}: `), element("span", { lang: tag }, answer?.reply ?? ""));
        }));
    }));
  });
  return folded;
}
