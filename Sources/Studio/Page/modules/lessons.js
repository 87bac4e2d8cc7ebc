// The view Lessons, and the guided tour of one of them, which stays open beside the other views.

import { button, element, replace } from "./element.js";
import { get } from "./server.js";
import { on, emit } from "./signals.js";
import { holds, startChecks } from "./checks.js";
import { count } from "./words.js";

let lessons = null;
let present = null;
let step = 0;
let tour;
const done = new Set();

async function load() {
  lessons ??= await get("api/lessons");
  return lessons;
}

export function buildView() {
  const list = element("ol", { class: "lessons-list" }, element("li", { class: "note" }, "Reading the lessons …"));
  const draw = () => {
    const next = lessons.findIndex((_, index) => !done.has(index));
    replace(list, lessons.map((lesson, index) => element("li", { class: done.has(index) ? "done" : null },
    element("div", {}, element("h3", {}, lesson.title), element("p", { class: "note" }, done.has(index) ? "Done." : count(lesson.steps.length, "step"))),
    button(present === index ? "Open" : done.has(index) ? "Again" : "Begin", () => open(index), { class: present === null && index === next ? "primary" : null, "aria-label": `Begin: ${lesson.title}` }))));
  };
  load().then(draw).catch(error => replace(list, element("li", { class: "problem" }, error.message)));
  on("lesson", () => lessons && draw());
  return [
    element("div", { class: "view-head" }, element("h1", {}, "Lessons"),
      element("p", {}, "Guided tours through the method. A lesson stays open beside the other views, says what to do, and notices when it is done.")),
    list,
  ];
}

function open(index) {
  present = index;
  step = 0;
  draw();
  emit("lesson");
  tour.querySelector("h2")?.focus();
}

function close() {
  present = null;
  tour.hidden = true;
  emit("lesson");
}

/** The panel beside the views; it looks again at each signal whether the step is done. */
export function startTour(node) {
  tour = node;
  startChecks(() => {
    if (present !== null && !node.hidden) draw();
  });
}

// Whether a step was done is kept: a later change does not undo what was learned.
const reached = new Set();

function draw() {
  const lesson = lessons[present];
  const now = lesson.steps[step];
  const key = `${present} ${step}`;
  if (now && holds(now.check)) reached.add(key);
  const is = reached.has(key);
  const state = `${key} ${is}`;
  // A panel that is drawn at each answer would lose the focus of its buttons.
  if (tour.dataset.state === state && !tour.hidden) return;
  tour.dataset.state = state;
  const focused = tour.contains(document.activeElement);
  tour.hidden = false;
  const final = step === lesson.steps.length - 1;
  const forward = final ? button("End the lesson", () => {
    done.add(present);
    close();
  }, { class: "primary", disabled: !is }) : button("Next step", () => move(1), { class: "primary", disabled: !is });
  replace(tour,
    element("div", { class: "tour-head" }, element("p", { class: "note" }, `Lesson ${present + 1}, step ${step + 1} of ${lesson.steps.length}`), button("Close", close, { class: "plain" })),
    element("h2", { tabindex: -1 }, lesson.title),
    element("div", { class: "tour-steps", "aria-hidden": "true" }, lesson.steps.map((_, index) => element("i", { class: index < step ? "past" : index === step ? "now" : null }))),
    element("p", { class: "todo" }, now.text),
    element("div", { class: `look ${is ? "" : "waiting"}`, role: "status" }, is
      ? [element("p", { class: "verdict right" }, "✓ Done"), element("p", {}, now.look)]
      : now.check.read ? button("Done", () => {
        reached.add(key);
        draw();
      }) : element("p", { class: "note" }, "Studio notices when it is done.")),
    element("div", { class: "tools-row" }, button("Back", () => move(-1), { disabled: step === 0 }), forward));
  if (focused) (is ? forward : tour.querySelector("h2")).focus();
}

function move(by) {
  step += by;
  draw();
}
