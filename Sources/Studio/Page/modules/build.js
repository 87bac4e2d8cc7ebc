// The view Build: the stack, the setting beside it, and what it answers.

import { button, element } from "./element.js";
import { on, emit } from "./signals.js";
import { state, change, undo, redo, canUndo, canRedo } from "./state.js";
import { buildStack } from "./stack.js";
import { buildBarSwitches } from "./bars.js";
import { buildFineSlider } from "./owners.js";
import { buildSettings } from "./settings.js";
import { buildAnswers, buildWithoutAnswers } from "./answers.js";
import { startEvaluations } from "./evaluation.js";

export function buildView() {
  const summary = element("p", { class: "summary", "aria-live": "off" });
  const describe = () => summary.replaceChildren(state.plan?.summary ?? "");
  on("plan", describe);
  describe();
  const answers = state.info.canAsk ? buildAnswers() : buildWithoutAnswers();
  if (state.info.canAsk) startEvaluations();
  startKeys();
  return [
    element("h1", { class: "visually-hidden" }, "Build a merge"),
    element("section", { class: "picture", "aria-label": "The merge" },
      buildTools(), element("div", { class: "stack-place" }, buildStack()), buildFineSlider(), summary, buildBarSwitches()),
    buildSettings(),
    answers,
  ];
}

function buildTools() {
  const back = button("Undo", undo, { title: "Ctrl-Z" });
  const forth = button("Redo", redo, { title: "Ctrl-Shift-Z" });
  const reset = button("Published zones", () => change(state.info.published),
    { title: "The zones of the paper, scaled to the depth of this model." });
  const split = element("button", { type: "button", class: "toggle", "aria-pressed": "false",
    title: "Give both halves of a layer a weight each: attention moves information between tokens, the MLP works on each token alone.",
    on: { click: () => {
      state.split = !state.split;
      split.setAttribute("aria-pressed", String(state.split));
      emit("split");
    } } }, "Split attention and MLP");
  const draw = () => {
    back.disabled = !canUndo();
    forth.disabled = !canRedo();
  };
  on("setting", draw);
  draw();
  return element("div", { class: "tools-row", role: "toolbar", "aria-label": "Steps" }, back, forth, reset, split);
}

// Undo works everywhere but in a field, where the browser has its own.
function startKeys() {
  addEventListener("keydown", event => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "z") return;
    if (event.target.closest?.("textarea, input[type=text], input[type=number]")) return;
    event.preventDefault();
    if (event.shiftKey) redo();
    else undo();
  });
}
