// Notices that concern the whole page: the server is gone, the run has vanished, its folder is taken.

import { button, element, replace } from "./element.js";
import { on } from "./signals.js";

const texts = {
  unreachable: ["The server does not answer.", "Is `layerswap studio` still running in its terminal? What you have set is kept in this page."],
  vanished: ["The folder of this run has vanished.", "It was moved or deleted while Studio was open. Put it back, or start Studio with another run."],
  busy: ["Another program writes to this run's folder.", "Only one may write at a time. Wait until it has ended, and try again."],
};

let box;
let present = null;

export function startNotices() {
  box = document.getElementById("notice");
  on("trouble", trouble => {
    const kind = trouble?.kind ?? null;
    // A success elsewhere proves that the server is there; it does not bring a folder back.
    if (kind === null && present !== "unreachable") return;
    if (kind === present) return;
    present = kind;
    replace(box, kind ? notice(kind, trouble.text) : []);
  });
}

function notice(kind, text) {
  const [title, advice] = texts[kind];
  return element("div", { class: "notice" },
    element("div", {}, element("p", { class: "notice-title" }, title),
      element("p", {}, advice.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : part))),
      text ? element("p", { class: "note" }, text) : null),
    element("div", { class: "notice-tools" },
      button("Load again", () => location.reload(), { class: "primary" }),
      button("Close", () => {
        present = null;
        replace(box);
      })));
}

/** When not even the run can be read, there is nothing else to show. */
export function showStartProblem(error) {
  const waiting = document.getElementById("waiting");
  if (present) waiting.remove();
  else waiting.replaceChildren(error.message);
}
