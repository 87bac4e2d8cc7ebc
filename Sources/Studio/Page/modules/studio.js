// Starts the page and moves between its views. A view is built when it is first shown.

import { element, replace } from "./element.js";
import { get } from "./server.js";
import { on, emit } from "./signals.js";
import { state, begin } from "./state.js";
import { startNotices, showStartProblem } from "./notice.js";
import { startPlans } from "./plan.js";
import { buildView as build } from "./build.js";
import { buildView as ask } from "./ask.js";
import { buildView as map } from "./map.js";
import { buildView as variants } from "./variants.js";
import { buildView as runs } from "./runs.js";
import { buildView as lessons, startTour } from "./lessons.js";

const views = [
  ["build", "Build", build], ["ask", "Ask", ask], ["map", "Map", map],
  ["variants", "Variants", variants], ["runs", "Runs", runs], ["lessons", "Lessons", lessons],
];

const main = document.getElementById("main");
const built = new Map();
let links;

function showNavigation() {
  links = new Map(views.map(([name, title]) => [name, element("a", { href: `#${name}` }, title)]));
  replace(document.getElementById("views"), element("ol", {}, [...links.values()].map(link => element("li", {}, link))));
}

function show() {
  const [name, title, builder] = views.find(view => `#${view[0]}` === location.hash) ?? views[0];
  // The link that skips the navigation leads into the view that is there.
  if (location.hash === "#main" && built.size > 0) return;
  for (const [other, link] of links) {
    if (other === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!built.has(name)) {
    built.set(name, element("div", { class: `view ${name}`, "data-view": name }));
    main.append(built.get(name));
    replace(built.get(name), builder());
  }
  for (const [other, node] of built) node.hidden = other !== name;
  document.title = `${title} · ${state.info.title} · LayerSwap Studio`;
  document.body.dataset.view = name;
  state.view = name;
  emit("view", name);
}

async function start() {
  startNotices();
  let info;
  try {
    info = await get("api/studio");
  } catch (error) {
    showStartProblem(error);
    return;
  }
  begin(info);
  document.getElementById("waiting").remove();
  replace(document.getElementById("run-name"), element("b", {}, info.title), element("span", {}, `${info.layers} layers, ${amount(info.parameters)} parameters`));
  showNavigation();
  startTour(document.getElementById("tour"));
  addEventListener("hashchange", () => {
    show();
    scrollTo(0, 0);
  });
  show();
  emit("studio");
  await startPlans();
}

/** "1.65 M" for a number of parameters. */
function amount(number) {
  if (!number) return "?";
  const units = [[1e9, "B"], [1e6, "M"], [1e3, "k"]];
  const [size, unit] = units.find(([least]) => number >= least) ?? [1, ""];
  return `${(number / size).toPrecision(3).replace(/\.?0+$/, "")} ${unit}`.trim();
}

on("go", name => {
  location.hash = `#${name}`;
});

start();
