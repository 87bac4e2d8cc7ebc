// Owners of what stands outside the layers (embeddings, final norm, head), and the weight of one
// layer to a hundredth.

import { element, replace, identifier } from "./element.js";
import { on } from "./signals.js";
import { state, change, settle } from "./state.js";
import { isSwap, weightIn, withCoefficient } from "./zones.js";

const owners = [["language", "language"], ["math", "math"], ["base", "base"], ["blend", "blend"]];
const parts = { embeddings: "Embeddings", final_norm: "Final norm", head: "Head" };

/** One radio group a part; a tied head has none, since it is the embeddings. */
export function buildOwners() {
  const box = element("div", { class: "owners" });
  const groups = Object.entries(parts).filter(([key]) => key !== "head" || !state.info.tiedHead).map(([key, label]) => {
    const name = identifier("owner");
    const inputs = owners.map(([value, text]) => {
      const input = element("input", { type: "radio", name, value, on: { change: () => change({ ...state.setting, [key]: value }) } });
      return { value, input, label: element("label", {}, input, element("span", { class: value }, text)) };
    });
    box.append(element("fieldset", { class: "segments" }, element("legend", {}, label),
      element("div", {}, inputs.map(entry => entry.label))));
    return { key, inputs };
  });
  const draw = () => {
    box.hidden = !isSwap();
    for (const { key, inputs } of groups) {
      const owner = String(state.setting[key] ?? "language").split(" ")[0];
      for (const { value, input } of inputs) input.checked = value === owner;
    }
  };
  on("setting", draw);
  draw();
  return box;
}

/** The slider of the layer that was last chosen. Its place is kept, chosen or not. */
export function buildFineSlider() {
  const box = element("div", { class: "fine" });
  let chosen = null;
  let sliders = [];
  let swap = null;
  const rebuild = () => {
    swap = isSwap();
    sliders = [];
    if (!chosen || !isSwap()) {
      replace(box, element("p", { class: "note" }, isSwap()
        ? "Click a layer of the merge to give it a weight of its own."
        : "This method treats all layers alike; a layer swap has a weight for each."));
      return;
    }
    const halves = state.split ? [["attention", ["attention"]], ["MLP", ["mlp"]]] : [["", ["attention", "mlp"]]];
    replace(box, halves.map(([name, keys]) => {
      const value = element("output", {});
      const slider = element("input", {
        type: "range", min: 0, max: 1, step: 0.01,
        "aria-label": `Weight of the language expert in layer ${chosen.layer}${name ? `, ${name}` : ""}`,
        on: {
          input: () => change(withCoefficient(chosen.layer, keys, Number(slider.value)), `layer ${chosen.layer} ${name}`),
          change: settle,
        },
      });
      sliders.push({ slider, value, half: keys[0] });
      return element("div", { class: "fine-row" },
        element("span", { class: "fine-name" }, `Layer ${chosen.layer}${name ? ` ${name}` : ""}`),
        element("span", { class: "end math" }, "math"), slider, element("span", { class: "end language" }, "language"), value);
    }));
    refresh();
  };
  const refresh = () => {
    for (const { slider, value, half } of sliders) {
      const weight = weightIn(state.plan, chosen.layer, half);
      if (document.activeElement !== slider) slider.value = weight;
      value.textContent = weight.toFixed(2);
    }
  };
  on("layer", layer => {
    chosen = layer;
    rebuild();
  });
  on("split", rebuild);
  on("plan", () => {
    if (swap !== isSwap()) rebuild();
    else refresh();
  });
  rebuild();
  return box;
}
