// Asks the models: first the references, once, and then the merge after each change. A change ends
// what is under way, since nobody waits for answers to a setting that is gone.

import { get, stream, isAbort } from "./server.js";
import { on, emit } from "./signals.js";
import { state, lastVariant } from "./state.js";

const pauseAfterChange = 60;
const restWhileDragging = 120;

let timer = null;
let abort = null;
let changedAt = 0;
let skipped = false;

/** What the answers' view draws besides the answers: times, progress, and problems. */
export const progress = { first: null, all: null, merged: null, asking: null, done: 0, of: 0, problem: null };

export const languages = () => state.info.languages.map(language => language.role);

/** The texts of the problems, by language. */
export let problems = {};

/** Reads the problems and asks everyone anew, as after another number of problems. */
export async function restart() {
  stop();
  state.known.clear();
  state.merge = emptyAnswers();
  emit("answers-cleared");
  try {
    problems = await get(`api/problems?count=${state.problems}`);
    emit("problems");
    changedAt = performance.now();
    run();
  } catch (error) {
    report(error);
  }
}

export function startEvaluations() {
  on("setting", ({ moving }) => {
    state.merge.whole = false;
    schedule(moving ? restWhileDragging : pauseAfterChange);
  });
  // A setting whose plan came late was skipped, as the one before it could not be made.
  on("plan", () => skipped && run());
  on("settled", () => timer !== null && schedule(pauseAfterChange, false));
  on("variants", () => {
    // The newest variant is a reference too, as soon as nobody waits for the merge.
    if (!abort) run();
  });
  return restart();
}

function schedule(pause, changed = true) {
  if (changed) changedAt = performance.now();
  stop();
  timer = setTimeout(run, pause);
}

function stop() {
  clearTimeout(timer);
  timer = null;
  abort?.abort();
  abort = null;
}

const emptyAnswers = () => ({ answers: {}, scores: {}, whole: false });

function missing() {
  const last = lastVariant();
  return [...state.info.references, ...(last ? [last] : [])].filter(name => !state.known.has(name));
}

async function run() {
  timer = null;
  skipped = state.planProblem !== null;
  if (skipped) {
    report(new Error("Nobody is asked: this setting cannot be made."));
    return;
  }
  const mine = new AbortController();
  abort = mine;
  progress.problem = null;
  let failed = false;
  try {
    // At the start the references come first: without them nothing can be "right only here". A person
    // who changes something meanwhile does not wait for them.
    const hurry = state.merge.started === true && missing().length > 0;
    if (hurry) await askMerge(mine.signal);
    state.merge.started = true;
    const asked = await askReferences(mine.signal);
    // Neither the references nor a second round for the differences is what a change has cost.
    if (asked) changedAt = performance.now();
    if (!hurry || asked) await askMerge(mine.signal);
  } catch (error) {
    failed = true;
    report(error);
  }
  if (abort !== mine) return;
  abort = null;
  // A variant that was named meanwhile is asked now.
  if (!failed && missing().length > 0) run();
}

function report(error) {
  if (isAbort(error)) return;
  progress.asking = null;
  progress.problem = error.message;
  emit("progress");
}

async function askReferences(signal) {
  let asked = false;
  for (const name of missing()) {
    asked = true;
    const answers = emptyAnswers();
    Object.assign(progress, { asking: name, done: 0, of: state.problems * languages().length });
    emit("progress");
    await stream("api/evaluate", { model: name, problems: state.problems }, {
      answers: piece => {
        collect(answers, piece);
        progress.done += piece.answers.length;
        emit("progress");
      },
      score: score => { answers.scores[score.language] = score; },
    }, signal);
    state.known.set(name, answers);
    emit("known", name);
  }
  progress.asking = null;
  emit("progress");
  return asked;
}

async function askMerge(signal) {
  const setting = state.setting;
  state.merge = { ...emptyAnswers(), started: true };
  Object.assign(progress, { first: null, all: null, merged: null, asking: "merge", done: 0, of: state.problems * languages().length });
  emit("merge-started");
  const since = changedAt;
  await stream("api/evaluate", { setting, problems: state.problems }, {
    merged: ({ milliseconds }) => { progress.merged = milliseconds; },
    answers: piece => {
      progress.first ??= performance.now() - since;
      progress.done += piece.answers.length;
      collect(state.merge, piece);
      emit("answers", piece);
      emit("progress");
    },
    score: score => {
      state.merge.scores[score.language] = score;
      emit("score", score.language);
    },
  }, signal);
  progress.all = performance.now() - since;
  progress.asking = null;
  state.merge.whole = true;
  emit("progress");
  emit("evaluated");
}

function collect(target, { language, start, answers }) {
  const list = target.answers[language] ??= [];
  answers.forEach((answer, index) => { list[start + index] = answer; });
}
