// The view Runs: all runs with their tables, the curves of a running one, and a new run.

import { button, element, replace, say } from "./element.js";
import { get, post } from "./server.js";
import { on } from "./signals.js";
import { state } from "./state.js";
import { buildRecipe } from "./recipe.js";
import { buildWatch } from "./watch.js";

const stateWords = { finished: "finished", running: "running", interrupted: "interrupted" };

export function buildView() {
  const list = element("div", { class: "runs-list" });
  const problem = element("p", { class: "problem", role: "alert" });
  const watches = new Map();
  const recipe = buildRecipe(() => load());

  async function load() {
    try {
      const runs = await get("api/runs");
      say(problem, "");
      // A run that is watched keeps its chart; only what has ended or gone is drawn anew.
      for (const [name, watch] of watches) {
        if (!runs.some(run => run.name === name && run.state === "running")) {
          watch.stop();
          watches.delete(name);
        }
      }
      replace(list, runs.length ? runs.map(card) : element("p", { class: "calm small" }, "There is no run yet."));
    } catch (error) {
      say(problem, error.message);
    }
  }

  function card(run) {
    return element("article", { class: "run" },
      element("div", { class: "run-head" }, element("h3", {}, run.name),
        element("span", { class: `state ${run.state}` }, stateWords[run.state] ?? run.state),
        run.open ? element("span", { class: "state open" }, "shown in Studio") : null,
        element("span", { class: "note when" }, run.when),
        run.state === "running" ? button("Stop", event => stop(run.name, event.currentTarget), { title: "Ends it behind its present step, as Ctrl-C does. It can be resumed.", "aria-label": `Stop ${run.name}` }) : null),
      run.purpose ? element("p", { class: "note" }, run.purpose) : null,
      run.state === "running" ? watched(run.name) : null,
      run.table ? table(run) : null,
      run.open || run.state === "running" ? null : element("p", { class: "note" }, run.state === "interrupted"
        ? ["Resume it with ", element("code", {}, `layerswap run ${run.name}`)]
        : ["Show it in Studio with ", element("code", {}, `layerswap studio ${run.name}`)]));
  }

  function watched(name) {
    if (!watches.has(name)) watches.set(name, buildWatch(name, load));
    return watches.get(name).node;
  }

  async function stop(name, node) {
    node.disabled = true;
    node.textContent = "Stopping …";
    try {
      await post("api/runs/stop", { name });
      setTimeout(load, 1500);
    } catch (error) {
      say(problem, error.message);
      node.disabled = false;
      node.textContent = "Stop";
    }
  }

  on("view", name => {
    if (name === "runs") load();
    else {
      // A curve that nobody sees costs the server work.
      for (const watch of watches.values()) watch.stop();
      watches.clear();
    }
  });
  return [
    element("div", { class: "view-head" }, element("h1", {}, "Runs"), element("p", {}, "Everything that was trained here, what it is training now, and a place to begin another.")),
    element("div", { class: "runs-pair" }, element("section", { "aria-label": "All runs" }, problem, list), recipe),
  ];
}

function table(run) {
  const { columns, rows } = run.table;
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Results of ${run.name}` },
    element("table", {}, element("thead", {}, element("tr", {}, element("th", { scope: "col", class: "name" }, "Model"), columns.map(column => element("th", { scope: "col", class: "number" }, headed(column))))),
      element("tbody", {}, rows.map(row => element("tr", { class: row.model === "swap" ? "strong" : null },
        element("th", { scope: "row", class: "name" }, row.model), row.values.map(value => element("td", { class: "number" }, value)))))));
}

// Roles in a column's name become the languages that play them, where the run is the one shown.
const headed = column => state.info.languages.reduce((text, { role, name }) => text.replace(new RegExp(`^${role}\\b`), name), column);
