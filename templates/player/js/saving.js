// When what was done is saved: at each step, every so often while the film plays, on leaving.
// What an LMS does not take is kept by this browser, and offered again: later, and at the next launch.
"use strict";

capsule.saving = ({ data, state, session, copy, unsent, announce }) => {
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  if (session.mute) { // what was kept of another session stays, unless the learner erases it
    state.addEventListener("forgotten", () => copy.erase());
    window.addEventListener("pagehide", () => session.close(state.snapshot));
    return;
  }

  const EVERY = 20_000; // milliseconds
  const AGAIN = [5_000, 15_000, 60_000]; // after a failure, the last for ever
  const { withoutTexts } = capsule.snapshots;
  const line = document.getElementById("saved");
  let timer = null;
  let failures = 0;
  let fault = ""; // the last one said
  let changed = unsent; // since it was last saved
  let known = session.saved.answers ?? {}; // what the LMS has for sure
  let closed = false;

  const told = () => (data.private && !session.here ? withoutTexts(state.snapshot) : state.snapshot);
  const keepHere = () => {
    if (session.here) return; // where saving is keeping here
    if (changed) copy.write(failures ? state.snapshot : withoutTexts(state.snapshot, known), true);
    else if (data.private) copy.write(state.snapshot, false);
    else copy.erase();
  };

  const save = async () => {
    if (closed) return; // browsers hide a page after they have left it
    clearTimeout(timer);
    timer = null;
    keepHere();
    const saving = told();
    const pending = changed;
    changed = false; // what comes while it is being saved changes it again
    const kept = await session.save(saving);
    if (kept === null) {
      if (!changed) copy.erase(); // there was nothing to save
      return;
    }
    changed ||= pending && !kept;
    if (kept) known = saving.answers;
    if (kept !== undefined) say(kept);
    keepHere();
  };

  const say = (kept) => {
    const time = new Date().toLocaleTimeString(data.language, { hour: "2-digit", minute: "2-digit" });
    const now = kept ? "" : session.unsaved ?? "unsaved";
    line.textContent = kept ? capsule.say("saved", { time }) : capsule.say(now);
    if (now !== fault) announce(capsule.say(now || "caught_up"));
    fault = now;
    failures = kept ? 0 : failures + 1;
    if (!kept) timer ??= setTimeout(save, AGAIN[Math.min(failures, AGAIN.length) - 1]);
  };

  state.addEventListener("step", save);
  state.addEventListener("change", () => { changed = true; timer ??= setTimeout(save, EVERY); });
  window.addEventListener("online", () => { if (failures) save(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden || changed) save(); });
  window.addEventListener("beforeunload", save);
  window.addEventListener("pagehide", () => {
    if (closed) return;
    closed = true;
    changed ||= failures > 0; // a save that is under way will not tell
    keepHere();
    if (session.close(told()) === true) changed = false;
    keepHere();
  });
  if (unsent) save();
};
