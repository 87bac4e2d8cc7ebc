// The view Ask: one question, all models side by side, word by word as the replies come.

import { button, element, field, menu, replace, say } from "./element.js";
import { post, stream, isAbort } from "./server.js";
import { on, emit } from "./signals.js";
import { state } from "./state.js";
import { buildReplies } from "./replies.js";
import { buildLens } from "./lens.js";

export function buildView() {
  const head = element("div", { class: "view-head" }, element("h1", {}, "Ask"),
    element("p", {}, "The same question to every model. The merge is the one that stands in Build."));
  if (!state.info.canAsk) return [head, element("p", { class: "calm" }, `Nobody can be asked here. ${state.info.reason ?? ""}`)];

  const question = element("textarea", { rows: 3, maxlength: 4000, placeholder: "Type a question, or draw a problem below.", spellcheck: "false" });
  const translation = element("p", { class: "translation note", lang: "en" });
  const problem = element("p", { class: "problem", role: "alert" });
  const asChat = element("input", { type: "checkbox", checked: true });
  const send = button("Ask", () => ask(), { class: "primary" });
  const end = button("Stop", () => abort?.abort(), { disabled: true });
  const languages = [...state.info.languages.map(({ role, name }) => [role, name]), ...state.info.bystanders.map(({ code, name }) => [code, name])];
  let language = languages[0][0];
  const choose = menu(languages, language, value => { language = value; });
  let drawn = null;
  let abort = null;

  const replies = buildReplies();
  // Which worked examples stand before the question; of what was typed the menu says it.
  const asked = () => drawn?.language ?? language;
  const lens = buildLens(() => ({ question: question.value, language: asked(), asChat: asChat.checked }));

  const describe = () => replace(translation, drawn ? [
    drawn.translation ? [drawn.translation, " "] : [], "Answer ", element("b", {}, drawn.answer)] : []);

  const draw = async () => {
    say(problem, "");
    try {
      const from = language;
      drawn = { ...await post("api/draw", { language: from }), language: from };
      question.value = drawn.question;
      question.lang = state.info.languages.find(entry => entry.role === from)?.code ?? from;
      describe();
      ask();
    } catch (error) {
      say(problem, error.message);
    }
  };

  const ask = async () => {
    if (question.value.trim() === "") {
      question.focus();
      return;
    }
    abort?.abort();
    const mine = new AbortController();
    abort = mine;
    end.disabled = false;
    say(problem, "");
    const setting = state.setting;
    replies.start(setting, question.lang);
    lens.close();
    try {
      await stream("api/ask", { models: state.info.references, setting, question: question.value, language: asked(), answer: drawn?.answer, asChat: asChat.checked }, {
        text: ({ model, text }) => replies.add(model, text),
        reply: reply => replies.finish(reply),
      }, mine.signal);
      replies.end();
      emit("asked");
    } catch (error) {
      if (!isAbort(error)) say(problem, error.message);
      else if (abort === mine) replies.end();
    }
    if (abort === mine) {
      abort = null;
      end.disabled = true;
    }
  };

  question.addEventListener("input", () => {
    // What was typed has no known answer.
    if (drawn && question.value !== drawn.question) {
      drawn = null;
      question.removeAttribute("lang");
      describe();
    }
  });
  question.addEventListener("keydown", event => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    ask();
  });
  on("token", token => lens.show(token));
  on("view", name => name !== "ask" && abort?.abort());

  return [head,
    element("section", { class: "asking", "aria-label": "Question" },
      field("Question", question), translation,
      element("div", { class: "asking-tools" }, send, end,
        element("div", { class: "drawing" }, element("label", { for: (choose.id = "draw-language") }, "or a problem in"), choose, button("Draw", draw)),
        element("label", { class: "check", title: "Wrapped in the template of a conversation, as the experts were trained, behind the worked examples of the recipe where it has some. Without it, the models continue the text." }, asChat, "as a chat")),
      problem),
    replies.node, lens.node];
}
