// Asks the server what the present setting consists of. At most one request is under way, and the
// latest setting wins, so that a fast drag never queues.

import { post, isAbort } from "./server.js";
import { on, emit } from "./signals.js";
import { state } from "./state.js";

let underWay = false;
let waiting = false;

async function ask() {
  if (underWay) {
    waiting = true;
    return;
  }
  underWay = true;
  const setting = state.setting;
  try {
    const plan = await post("api/plan", { setting });
    state.plan = plan;
    state.planProblem = null;
    emit("plan");
  } catch (error) {
    // Only a refusal says something of the setting; a server that is gone has a notice of its own.
    if (!isAbort(error) && error.status >= 400 && ![409, 410, 423].includes(error.status)) {
      state.planProblem = error.message;
      emit("plan-problem");
    }
  }
  underWay = false;
  if (waiting) {
    waiting = false;
    ask();
  }
}

export function startPlans() {
  on("setting", ask);
  return ask();
}
