// Handles on the merge's column that drag the borders of the zones, by pointer and by keyboard.

import { element } from "./element.js";
import { on } from "./signals.js";
import { state, change, settle } from "./state.js";
import { hasCoefficients, hasHandles, roomFor, withZones, zonesOf } from "./zones.js";
import { count } from "./words.js";

const kinds = {
  bottom: { letter: "b", label: "Bottom zone (b): layers of the outer expert at the input" },
  bottom_transition: { letter: "tb", label: "Bottom transition (tb): layers of both experts above the bottom zone" },
  top_transition: { letter: "tu", label: "Top transition (tu): layers of both experts below the top zone" },
  top: { letter: "u", label: "Top zone (u): layers of the outer expert at the output" },
};

let handles;
let overlay;
let listening = false;

/** How high a row is: deep models keep the whole stack in sight. */
export function rowHeight() {
  const { layers } = state.info;
  if (layers <= 12) return 34;
  if (layers <= 20) return 26;
  return layers <= 40 ? 19 : 14;
}

export function buildHandles() {
  handles = new Map();
  overlay = element("div", { class: "handles" });
  for (const [key, kind] of Object.entries(kinds)) {
    const handle = element("div", {
      class: `handle ${key}`, role: "slider", tabindex: 0, "aria-label": kind.label,
      "aria-orientation": "vertical", "aria-valuemin": 0,
      title: `${kind.label}. Drag it, or use the arrow keys.`,
    }, element("span", { class: "grip" }));
    drag(handle, key);
    handle.addEventListener("keydown", event => press(event, key));
    handle.addEventListener("blur", settle);
    handles.set(key, handle);
    overlay.append(handle);
  }
  if (!listening) {
    // The stack is built again when halves are split; one listener serves all its handles.
    listening = true;
    on("setting", drawHandles);
    on("plan", () => hasCoefficients() && drawHandles());
  }
  drawHandles();
  return overlay;
}

/** How many layers lie below the border that a handle moves. */
function borderOf(key, zones) {
  const layers = state.info.layers;
  const border = {
    bottom: zones.bottom, bottom_transition: zones.bottom + zones.bottom_transition,
    top: layers - zones.top, top_transition: layers - zones.top - zones.top_transition,
  }[key];
  // Widths that someone is typing may not fit.
  return Math.max(0, Math.min(layers, border));
}

function widthFor(key, border, zones) {
  const layers = state.info.layers;
  const width = {
    bottom: border, bottom_transition: border - zones.bottom,
    top: layers - border, top_transition: layers - border - zones.top,
  }[key];
  return Math.max(0, Math.min(roomFor(key, zones), width));
}

function drawHandles() {
  overlay.hidden = !hasHandles();
  if (overlay.hidden) return;
  const zones = zonesOf();
  overlay.classList.toggle("guessed", hasCoefficients());
  // Grips on one side part where their borders meet, so that each can still be taken.
  for (const pair of [["bottom", "top"], ["bottom_transition", "top_transition"]]) {
    const [lower, upper] = pair.map(key => borderOf(key, zones));
    const near = (upper - lower) * rowHeight() < 26;
    for (const key of pair) handles.get(key).classList.toggle("near", near);
  }
  for (const [key, handle] of handles) {
    handle.style.bottom = `${(borderOf(key, zones) / state.info.layers) * 100}%`;
    handle.firstChild.textContent = `${kinds[key].letter} ${zones[key]}`;
    handle.setAttribute("aria-valuenow", zones[key]);
    handle.setAttribute("aria-valuemax", roomFor(key, zones));
    handle.setAttribute("aria-valuetext", count(zones[key], "layer"));
  }
}

function drag(handle, key) {
  const move = event => {
    const box = overlay.getBoundingClientRect();
    const border = Math.round(((box.bottom - event.clientY) / box.height) * state.info.layers);
    const zones = zonesOf();
    const width = widthFor(key, border, zones);
    if (width !== zones[key]) change(withZones({ ...zones, [key]: width }), `drag ${key}`);
  };
  const stop = () => {
    handle.classList.remove("held");
    handle.removeEventListener("pointermove", move);
    settle();
  };
  handle.addEventListener("pointerdown", event => {
    if (event.button !== 0) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    handle.classList.add("held");
    handle.addEventListener("pointermove", move);
  });
  handle.addEventListener("pointerup", stop);
  handle.addEventListener("pointercancel", stop);
}

// Up and down move the border as it is seen; right and left make the zone wider and narrower.
function press(event, key) {
  const zones = zonesOf();
  const upwards = key.startsWith("bottom") ? 1 : -1;
  const widths = {
    ArrowUp: zones[key] + upwards, ArrowDown: zones[key] - upwards,
    ArrowRight: zones[key] + 1, ArrowLeft: zones[key] - 1,
    Home: 0, End: roomFor(key, zones),
  };
  if (!(event.key in widths)) return;
  event.preventDefault();
  const width = Math.max(0, Math.min(roomFor(key, zones), widths[event.key]));
  if (width !== zones[key]) change(withZones({ ...zones, [key]: width }), `keys ${key}`);
}
