// When what was done is saved: at each step, every so often while the film plays, on leaving.
// What an LMS does not take is kept by this browser, and offered again: later, and at the next launch.
"use strict";

capsule.saving = ({ data, state, session, copy, unsent, announce }) => {
  const EVERY = 20_000; // milliseconds
  const AGAIN = [5_000, 15_000, 60_000]; // after a failure, the last for ever
  const line = document.getElementById("saved");
  let timer = null;
  let failures = 0;
  let changed = unsent; // since it was last saved

  const told = () => (data.private && !session.here ? capsule.snapshots.withoutTexts(state.snapshot) : state.snapshot);
  const keepHere = () => {
    if (session.here) return; // where saving is keeping here
    if (changed) copy.write(state.snapshot, true);
    else if (data.private) copy.write(state.snapshot, false);
    else copy.erase();
  };

  const save = async () => {
    clearTimeout(timer);
    timer = null;
    changed = true;
    keepHere();
    const saving = told();
    changed = false; // what comes while it is being saved changes it again
    const kept = await session.save(saving);
    if (kept === null) {
      if (!changed) copy.erase(); // there was nothing to save
      return;
    }
    changed ||= !kept;
    keepHere();
    say(kept);
  };

  const say = (kept) => {
    const time = new Date().toLocaleTimeString(data.language, { hour: "2-digit", minute: "2-digit" });
    line.textContent = kept ? capsule.say("saved", { time }) : capsule.say("unsaved");
    if (!kept && !failures) announce(capsule.say("unsaved"));
    if (kept && failures) announce(capsule.say("caught_up"));
    failures = kept ? 0 : failures + 1;
    if (!kept) timer ??= setTimeout(save, AGAIN[Math.min(failures, AGAIN.length) - 1]);
  };

  state.addEventListener("step", save);
  state.addEventListener("change", () => { changed = true; timer ??= setTimeout(save, EVERY); });
  window.addEventListener("online", () => { if (failures) save(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  window.addEventListener("beforeunload", save);
  window.addEventListener("pagehide", () => {
    keepHere();
    if (session.close(told()) !== true) return;
    changed = false;
    keepHere();
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  if (unsent) save();
};
