// The view Map: every pair of b and u with the present transitions, and the automatic searches.

import { button, element, field, menu, say } from "./element.js";
import { stream, isAbort } from "./server.js";
import { on, emit } from "./signals.js";
import { state, change } from "./state.js";
import { buildHeat } from "./heat.js";
import { buildSearch } from "./search.js";
import { hasCoefficients, isSwap, withZones, zonesOf } from "./zones.js";
import { languageName } from "./words.js";

export function buildView() {
  const head = element("div", { class: "view-head" }, element("h1", {}, "Map"),
    element("p", {}, "How many problems are solved with every width of the bottom zone (b) and the top zone (u), with the transitions of the present setting. A click takes a cell's setting into Build."));
  if (!state.info.canAsk) return [head, element("p", { class: "calm" }, `There is no map here. ${state.info.reason ?? ""}`)];
  return [head, buildMap(), buildSearch()];
}

function buildMap() {
  const status = element("p", { class: "times", role: "status" });
  const meter = element("progress", { max: 1, value: 0, class: "idle", "aria-label": "Cells of the map" });
  const begin = button("Compute the map", () => start(), { class: "primary" });
  const end = button("Stop", () => abort?.abort(), { disabled: true });
  const { least, most } = state.info.problems;
  let problems = least;
  const choose = menu([...new Set([least, 100, 200])].filter(count => count <= most).map(count => [String(count), String(count)]), String(problems), value => { problems = Number(value); });
  let abort = null;
  let of = null;

  const take = (bottom, top) => {
    change(withZones({ ...zonesOf(of ?? state.setting), bottom, top }, of ?? state.setting));
    say(status, `Taken: b = ${bottom}, u = ${top}. It stands in Build now.`);
  };
  const maps = new Map(state.info.languages.map(({ role }) => [role, buildHeat(languageName(role), take)]));
  const layers = state.info.layers;

  // Zones that would overlap have no cell.
  const fits = setting => {
    const zones = zonesOf(setting);
    return (bottom, top) => bottom + top + zones.bottom_transition + zones.top_transition <= layers;
  };

  const reset = setting => {
    const zones = zonesOf(setting);
    const most = Math.max(0, layers - zones.bottom_transition - zones.top_transition);
    const widths = Array.from({ length: most + 1 }, (_, width) => width);
    for (const map of maps.values()) map.start({ bottoms: widths, tops: widths }, fits(setting));
  };

  const start = async () => {
    abort?.abort();
    const mine = new AbortController();
    abort = mine;
    // Own coefficients have no b and u: the map begins with the zones that come nearest.
    const setting = isSwap() ? (hasCoefficients() ? withZones(zonesOf()) : state.setting) : state.info.published;
    of = setting;
    end.disabled = false;
    begin.disabled = true;
    let done = 0;
    let all = 0;
    try {
      await stream("api/map", { setting, problems }, {
        grid: grid => {
          all = grid.bottoms.flatMap(bottom => grid.tops.filter(top => fits(setting)(bottom, top))).length;
          meter.max = all;
          meter.classList.remove("idle");
          for (const map of maps.values()) map.start(grid, fits(setting));
          markPresent();
        },
        cell: cell => {
          done += 1;
          meter.value = done;
          for (const [role, map] of maps) map.put(cell.bottom, cell.top, cell[role]);
          say(status, `${done} of ${all} cells, ${problems} problems each`);
        },
      }, mine.signal);
      emit("mapped");
    } catch (error) {
      say(status, isAbort(error) ? `Stopped after ${done} of ${all} cells.` : error.message);
    }
    if (abort === mine) {
      abort = null;
      end.disabled = true;
      begin.disabled = false;
      meter.classList.add("idle");
    }
  };

  function markPresent() {
    const zones = isSwap() && !hasCoefficients() ? zonesOf() : {};
    for (const map of maps.values()) map.mark(zones.bottom, zones.top);
  }
  on("setting", () => {
    markPresent();
    if (abort || !of || !isSwap()) return;
    const now = zonesOf();
    const then = zonesOf(of);
    if (now.bottom_transition !== then.bottom_transition || now.top_transition !== then.top_transition) {
      say(status, "The transitions have changed since this map was computed.");
    }
  });
  reset(isSwap() && !hasCoefficients() ? state.setting : state.info.published);
  markPresent();
  return element("section", { class: "mapping-view", "aria-label": "Map of b and u" },
    element("div", { class: "row-of-tools" }, begin, end, field("Problems a cell", choose)),
    element("div", { class: "running" }, meter, status),
    element("div", { class: "heat-maps" }, [...maps.values()].map(map => map.node)));
}
