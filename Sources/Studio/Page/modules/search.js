// Automatic searches for a setting: started, watched and stopped here, with their path as a chart.

import { button, element, field, menu, say } from "./element.js";
import { stream, isAbort } from "./server.js";
import { state, change } from "./state.js";
import { buildChart } from "./charts.js";
import { languageName, percent } from "./words.js";

export function buildSearch() {
  const wish = { strategy: "greedy", granularity: "layer", budget: 40 };
  const budget = element("input", { type: "number", min: 1, max: 1000, value: wish.budget, on: { input: () => { wish.budget = Number(budget.value); } } });
  const status = element("p", { class: "times", role: "status" });
  const begin = button("Search", () => start(), { class: "primary" });
  const end = button("Stop", () => abort?.abort(), { disabled: true });
  const take = button("Take the best into Build", () => {
    change(best.setting);
    say(status, `Taken: candidate ${best.number} with ${percent(best.score)}. It stands in Build now.`);
  }, { disabled: true });
  const chart = buildChart("Score of each candidate", { across: "candidate", format: value => `${Math.round(value * 100)} %` });
  const place = element("div", { class: "chart-place" }, element("p", { class: "calm small" }, "The path of a search is drawn here."));
  let abort = null;
  let best = null;

  const start = async () => {
    if (!(wish.budget >= 1)) {
      budget.focus();
      return;
    }
    abort?.abort();
    const mine = new AbortController();
    abort = mine;
    best = null;
    take.disabled = true;
    begin.disabled = true;
    end.disabled = false;
    place.replaceChildren(chart.node);
    const points = [];
    const path = [];
    let waiting = false;
    const draw = () => {
      waiting = false;
      chart.draw([{ name: "candidate", color: "var(--c5)", points, dots: true },
        { name: "best so far", color: "var(--c1)", points: path, best: best ? [best.number, best.score] : null }]);
    };
    draw();
    let told = "";
    try {
      const found = await stream("api/search", { setting: state.setting, search: wish, problems: state.problems }, {
        candidate: candidate => {
          points.push([candidate.number, candidate.score]);
          if (candidate.best || best === null) best = candidate;
          path.push([candidate.number, best.score]);
          take.disabled = false;
          told = `${candidate.number} of ${candidate.of} candidates, best ${percent(best.score)} (candidate ${best.number})`;
          say(status, told);
          // Candidates can come faster than a screen shows them.
          if (!waiting) requestAnimationFrame(draw);
          waiting = true;
        },
      }, mine.signal);
      if (found?.setting) best = { ...best, setting: found.setting, score: found.score };
      say(status, `Ended: ${told}.`);
    } catch (error) {
      say(status, isAbort(error) ? `Stopped: ${told || "before the first candidate"}.` : error.message);
    }
    if (abort === mine) {
      abort = null;
      begin.disabled = false;
      end.disabled = true;
    }
  };

  const notes = {
    greedy: "Changes one layer at a time and keeps what helps.",
    "cma-es": "Draws all weights around the best so far, and learns from each draw in which directions to look.",
  };
  const about = element("p", { class: "note" }, notes.greedy);
  return element("section", { class: "search", "aria-label": "Search" },
    element("h2", {}, "Let it search"),
    element("p", { class: "note" }, `Beginning from the present setting, by ${languageName("target")} answers to ${state.problems} development problems. What is found this way is tuned to these problems; the test split says what it is worth.`),
    element("div", { class: "row-of-tools" },
      field("Strategy", menu([["greedy", "greedy"], ["cma-es", "CMA-ES"]], "greedy", value => {
        wish.strategy = value;
        say(about, notes[value]);
      })),
      field("Weights for each", menu([["layer", "layer"], ["module", "attention and MLP"]], "layer", value => { wish.granularity = value; })),
      field("Candidates", budget), begin, end),
    about, place, element("div", { class: "row-of-tools" }, take), status);
}
