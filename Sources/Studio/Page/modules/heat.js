// One heat map: b to the right, u upwards, a cell for each pair, filled as the values come.

import { element, replace, rove } from "./element.js";
import { percent } from "./words.js";

/** A map that calls `take` with the b and the u of a chosen cell. */
export function buildHeat(title, take) {
  const grid = element("div", { class: "heat", role: "group", "aria-label": `${title}: right answers by b and u. Arrow keys move, Enter takes.` });
  const low = element("span", {});
  const high = element("span", {});
  const best = element("p", { class: "note heat-best" });
  const node = element("article", { class: "heat-map" }, element("h3", {}, title), best, grid,
    element("div", { class: "heat-scale" }, low, element("i", { "aria-hidden": "true" }), high));
  let cells = new Map();
  let values = new Map();
  let width = 1;
  rove(grid, "button.heat-cell", () => width);

  const start = ({ bottoms, tops }, possible) => {
    cells = new Map();
    values = new Map();
    width = bottoms.length;
    grid.style.setProperty("--columns", bottoms.length);
    grid.classList.toggle("small", bottoms.length > 14);
    const rows = [...tops].reverse();
    const sparse = bottoms.length > 14 ? 4 : 1;
    replace(grid,
      rows.map((top, row) => [
        element("span", { class: "heat-axis left" }, top % sparse === 0 ? top : ""),
        bottoms.map(bottom => {
          const cell = element("button", {
            type: "button", class: possible(bottom, top) ? "heat-cell" : "heat-cell impossible", disabled: true, tabindex: -1,
            "aria-label": `b ${bottom}, u ${top}: not known`, on: { click: () => take(bottom, top) },
          });
          cells.set(`${bottom} ${top}`, cell);
          return cell;
        })]),
      element("span", { class: "heat-axis corner" }, "u ↑ b →"),
      bottoms.map(bottom => element("span", { class: "heat-axis" }, bottom % sparse === 0 ? bottom : "")));
    say();
  };

  const put = (bottom, top, value) => {
    const cell = cells.get(`${bottom} ${top}`);
    if (!cell || value === null || value === undefined) return;
    if (values.size === 0) cell.tabIndex = 0;
    values.set(`${bottom} ${top}`, { bottom, top, value });
    cell.disabled = false;
    cell.title = `b = ${bottom}, u = ${top}: ${percent(value)}`;
    cell.setAttribute("aria-label", `b ${bottom}, u ${top}: ${percent(value)}`);
    replace(cell, element("span", {}, Math.round(value * 100)));
    color();
  };

  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", () => color());

  // The scale is that of the values there are; all cells are coloured anew when it grows.
  let from = 0;
  let to = 1;
  function color() {
    if (values.size === 0) return;
    const all = [...values.values()].map(entry => entry.value);
    // A scale narrower than ten points would make chance look like a landscape.
    to = Math.max(...all);
    from = Math.max(0, Math.min(Math.min(...all), to - 0.1));
    for (const [key, { value }] of values) {
      const heat = to > from ? (value - from) / (to - from) : 1;
      const cell = cells.get(key);
      cell.style.setProperty("--heat", `${Math.round(heat * 100)}%`);
      const light = dark.matches ? heat > 0.57 : heat < 0.79;
      cell.classList.toggle("on-light", light);
      cell.classList.toggle("on-dark", !light);
    }
    say();
  }

  function say() {
    const all = [...values.values()];
    const top = all.reduce((best, entry) => (!best || entry.value > best.value ? entry : best), null);
    low.textContent = all.length ? percent(from, 0) : "";
    high.textContent = all.length ? percent(to, 0) : "";
    best.textContent = top ? `Best: ${percent(top.value)} with b = ${top.bottom}, u = ${top.top}` : "";
    for (const cell of cells.values()) cell.classList.remove("best");
    if (top) cells.get(`${top.bottom} ${top.top}`)?.classList.add("best");
  }

  const mark = (bottom, top) => {
    for (const [key, cell] of cells) {
      const present = key === `${bottom} ${top}`;
      cell.classList.toggle("present", present);
      if (present) cell.setAttribute("aria-current", "true");
      else cell.removeAttribute("aria-current");
    }
  };
  return { node, start, put, mark };
}
