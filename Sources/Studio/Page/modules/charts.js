// Line charts as SVG, drawn to the width that there is, so that their text has the size of the page.

import { element, shape } from "./element.js";

const height = 240;
const margin = { left: 52, right: 24, top: 12, bottom: 36 };

/**
 * A chart of `lines` (`{name, color, points: [[x, y]], dots, best}`) that is drawn again at each
 * call of `draw` and when its width changes.
 */
export function buildChart(label, { across, format }) {
  const node = element("figure", { class: "chart", "aria-label": label });
  let lines = [];
  const draw = (next = lines) => {
    lines = next;
    const width = Math.max(260, node.clientWidth || 600);
    node.replaceChildren(picture(lines, width, label, across, format), legend(lines));
  };
  // Only another width needs another picture; its height is always the same.
  let last = 0;
  new ResizeObserver(entries => {
    const width = Math.round(entries[0].contentRect.width);
    if (width === last) return;
    last = width;
    draw();
  }).observe(node);
  return { node, draw };
}

/** About five round numbers from `low` to `high`. */
function ticks(low, high, about = 5) {
  const raw = (high - low) / about || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find(factor => factor * power >= raw) * power;
  const list = [];
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + step * 1e-6; value += step) list.push(Number(value.toPrecision(12)));
  return list;
}

function picture(lines, width, label, across, format) {
  const all = lines.flatMap(line => line.points);
  const svg = shape("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  const right = Math.max(1, ...all.map(point => point[0]));
  let low = Math.min(...all.map(point => point[1]));
  let high = Math.max(...all.map(point => point[1]));
  if (all.length === 0) [low, high] = [0, 1];
  if (high - low < 1e-9) [low, high] = [low - 0.05, high + 0.05];
  const x = value => margin.left + (value / right) * (width - margin.left - margin.right);
  const y = value => height - margin.bottom - ((value - low) / (high - low)) * (height - margin.top - margin.bottom);
  for (const value of all.length ? ticks(low, high) : []) {
    svg.append(shape("line", { class: "grid", x1: margin.left, x2: width - margin.right, y1: y(value), y2: y(value) }),
      shape("text", { class: "tick", x: margin.left - 8, y: y(value) + 4, "text-anchor": "end" }, format(value)));
  }
  for (const value of all.length ? ticks(0, right, width < 420 ? 4 : 8) : []) {
    svg.append(shape("text", { class: "tick", x: x(value), y: height - margin.bottom + 18, "text-anchor": "middle" }, String(value)));
  }
  svg.append(shape("line", { class: "grid", x1: margin.left, x2: width - margin.right, y1: height - margin.bottom, y2: height - margin.bottom }),
    shape("text", { class: "axis", x: width - margin.right, y: height - 4, "text-anchor": "end" }, across));
  for (const line of lines) {
    if (line.points.length > 1 && !line.dots) {
      svg.append(shape("path", { class: "curve", d: `M${line.points.map(([a, b]) => `${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join("L")}`, style: { stroke: line.color } }));
    }
    if (line.dots) for (const [a, b] of line.points) svg.append(shape("circle", { cx: x(a), cy: y(b), r: 3, style: { fill: line.color } }));
    if (line.best) {
      const [a, b] = line.best;
      svg.append(shape("circle", { cx: x(a), cy: y(b), r: 7, style: { fill: "none", stroke: "var(--text)", "stroke-width": "2" } }));
    }
  }
  return svg;
}

function legend(lines) {
  return element("figcaption", { class: "key" }, lines.map(line =>
    element("span", {}, element("i", { class: "swatch", style: { background: line.color } }), line.name)));
}
