// A grid of squares, one a problem: filled is right, hollow is wrong, and a dot marks what is right
// here and wrong in every reference, so that nothing depends on colour alone.

import { element, rove } from "./element.js";
import { emit } from "./signals.js";
import { state } from "./state.js";

const words = { right: "right", wrong: "wrong", only: "right only here", pending: "not asked yet" };

/** A grid for `count` problems of one language, whose whole space is there before the answers. */
export function buildSquares(language, name, count) {
  const squares = Array.from({ length: count }, (_, place) => element("button", {
    type: "button", class: "square pending", tabindex: place === 0 ? 0 : -1, "data-place": place,
    "aria-label": `Problem ${place + 1}: ${words.pending}`,
  }));
  const grid = element("div", { class: "squares", role: "group", "aria-label": `${name}: one square a problem. Arrow keys move.` }, squares);
  // Whole rows can be counted at a glance: a row of twenty is a fifth of a hundred.
  grid.style.setProperty("--across", count <= 50 ? 10 : count <= 200 ? 20 : 25);
  const show = event => {
    const square = event.target.closest(".square");
    if (square) emit("inspect", { language, place: Number(square.dataset.place) });
  };
  grid.addEventListener("focusin", show);
  grid.addEventListener("pointerover", show);
  rove(grid, ".square", () => getComputedStyle(grid).gridTemplateColumns.split(" ").length);
  return { node: grid, draw: place => draw(squares[place], language, place), drawAll: () => squares.forEach((square, place) => draw(square, language, place)) };
}

function kindOf(language, place) {
  const answer = state.merge.answers[language]?.[place];
  if (!answer) return "pending";
  if (!answer.right) return "wrong";
  const references = state.info.references.map(name => state.known.get(name)?.answers[language]?.[place]);
  return references.every(other => other && !other.right) ? "only" : "right";
}

function draw(square, language, place) {
  if (!square) return;
  const kind = kindOf(language, place);
  const name = `square ${kind}`;
  if (square.className === name) return;
  square.className = name;
  square.setAttribute("aria-label", `Problem ${place + 1}: ${words[kind]}`);
}

/** What the squares mean, and a note of what is asked. */
export function buildKey() {
  const entry = (kind, text) => element("span", {}, element("i", { class: `square ${kind}`, "aria-hidden": "true" }), text);
  return element("p", { class: "key" }, entry("right", "right"), entry("wrong", "wrong"),
    entry("only", "right only here, in none of the references"));
}
