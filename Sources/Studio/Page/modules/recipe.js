// A new run: a recipe from a template, checked while one types, shown with its defaults, started.

import { button, element, field, menu, replace, say } from "./element.js";
import { get, post, isAbort } from "./server.js";

const pause = 350;

/** `started` is called when a run has been started. */
export function buildRecipe(started) {
  const place = element("div", { class: "row-of-tools" });
  const text = element("textarea", { class: "recipe-text", rows: 18, spellcheck: "false", autocomplete: "off", autocapitalize: "off", "aria-label": "Recipe" });
  const numbers = element("div", { class: "line-numbers", "aria-hidden": "true" });
  const verdict = element("p", { class: "recipe-verdict", role: "status" });
  const effective = element("code", {});
  const folded = element("details", {}, element("summary", {}, "The whole recipe, with every default"), element("pre", { tabindex: 0 }, effective));
  const begin = button("Start the run", () => start(), { class: "primary", disabled: true });
  const wish = { template: null, target: null, name: "my-run" };
  let timer = null;
  let abort = null;
  let line = null;
  let edited = false;

  const drawNumbers = () => {
    const lines = text.value.split("\n").length;
    replace(numbers, Array.from({ length: lines }, (_, index) => element("span", { class: index + 1 === line ? "wrong" : null }, index + 1)));
    numbers.scrollTop = text.scrollTop;
  };
  text.addEventListener("scroll", () => { numbers.scrollTop = text.scrollTop; });
  text.addEventListener("input", () => {
    begin.disabled = true;
    edited = true;
    drawNumbers();
    clearTimeout(timer);
    timer = setTimeout(check, pause);
  });

  async function check() {
    abort?.abort();
    const mine = new AbortController();
    abort = mine;
    try {
      const answer = await post("api/recipes/check", { recipe: text.value }, { signal: mine.signal });
      line = answer.problem ? answer.line ?? null : null;
      verdict.classList.toggle("problem", Boolean(answer.problem));
      say(verdict, answer.problem ? `${line ? `Line ${line}: ` : ""}${answer.problem}` : "✓ This recipe is in order.");
      if (answer.effective) say(effective, answer.effective);
      begin.disabled = Boolean(answer.problem);
      drawNumbers();
    } catch (error) {
      if (isAbort(error)) return;
      verdict.classList.add("problem");
      say(verdict, error.message);
    }
  }

  // What was typed goes only at a second click.
  function confirmed(node) {
    if (!edited || node.dataset.sure) {
      delete node.dataset.sure;
      node.textContent = "Fill in";
      return true;
    }
    node.dataset.sure = "yes";
    node.textContent = "Replace what you typed?";
    return false;
  }

  async function fill() {
    try {
      const { recipe } = await post("api/templates/fill", wish);
      text.value = recipe;
      edited = false;
      line = null;
      drawNumbers();
      check();
    } catch (error) {
      verdict.classList.add("problem");
      say(verdict, error.message);
    }
  }

  async function start() {
    begin.disabled = true;
    try {
      const { name } = await post("api/recipes/start", { recipe: text.value }, { expected: [409] });
      verdict.classList.remove("problem");
      say(verdict, `${name} has begun. It stands in the list of runs.`);
      started();
    } catch (error) {
      verdict.classList.add("problem");
      say(verdict, error.message);
      begin.disabled = false;
    }
  }

  async function load() {
    try {
      const [templates, languages] = await Promise.all([get("api/templates"), get("api/languages")]);
      wish.template = templates[0]?.name;
      wish.target = languages[0]?.code;
      const about = element("p", { class: "note about-template" });
      const name = element("input", { type: "text", maxlength: 40, value: wish.name, autocomplete: "off", spellcheck: "false", on: { input: () => { wish.name = name.value.trim(); } } });
      const language = menu(languages.map(entry => [entry.code, entry.name]), wish.target, value => { wish.target = value; });
      const describe = () => {
        const template = templates.find(entry => entry.name === wish.template);
        say(about, template?.purpose ?? "");
        language.disabled = !template?.languages;
      };
      const template = menu(templates.map(entry => [entry.name, entry.name]), wish.template, value => {
        wish.template = value;
        describe();
      });
      describe();
      replace(place, field("Template", template), field("Language", language), field("Name", name), button("Fill in", event => confirmed(event.currentTarget) && fill()), about);
      await fill();
    } catch (error) {
      verdict.classList.add("problem");
      say(verdict, error.message);
    }
  }
  load();
  return element("section", { class: "new-run", "aria-label": "New run" }, element("h2", {}, "New run"), place,
    element("div", { class: "editor" }, numbers, text), verdict, element("div", { class: "tools-row" }, begin), folded);
}
