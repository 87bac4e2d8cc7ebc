// Watches a run that is training: its curves as they grow, and how long is left.

import { element, say } from "./element.js";
import { stream, isAbort } from "./server.js";
import { buildChart } from "./charts.js";

const colors = { base: "var(--c5)", math: "var(--c1)", language: "var(--c0)" };
const others = ["var(--c3)", "var(--c2)", "var(--c4)"];

/** Begins to watch; `ended` is called when the run has ended. */
export function buildWatch(name, ended) {
  const abort = new AbortController();
  const status = element("p", { class: "times" }, "Waiting for the next step …");
  const meter = element("progress", { max: 1, value: 0, "aria-label": `Steps of ${name}` });
  const chart = buildChart(`Loss of ${name} by step`, { across: "step", format: value => value.toFixed(value < 10 ? 1 : 0) });
  const curves = new Map();
  let waiting = false;

  const draw = () => {
    waiting = false;
    chart.draw([...curves].map(([stage, points], index) => ({ name: `${stage}, loss`, color: colors[stage] ?? others[index % others.length], points })));
  };
  const later = () => {
    if (!waiting) requestAnimationFrame(draw);
    waiting = true;
  };

  stream("api/runs/watch", { name }, {
    curve: ({ stage, points }) => {
      if (!curves.has(stage)) curves.set(stage, []);
      curves.get(stage).push(...points);
      later();
    },
    state: ({ stage, step, steps, left }) => {
      say(status, `${stage}: step ${step} of ${steps}${left ? `, ${left} left` : ""}`);
      meter.max = steps || 1;
      meter.value = step;
    },
  }, abort.signal).then(() => {
    say(status, "The run has ended.");
    ended();
  }).catch(error => {
    if (!isAbort(error)) say(status, error.message);
  });
  return { node: element("div", { class: "watch" }, meter, status, chart.node), stop: () => abort.abort() };
}
