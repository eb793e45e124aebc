// When what was done is saved: at each step, every so often while the film plays, on leaving.
"use strict";

capsule.saving = ({ state, session, announce }) => {
  const EVERY = 20_000; // milliseconds
  const line = document.getElementById("saved");
  let timer = null;
  let failed = false;

  const save = async () => {
    clearTimeout(timer);
    timer = null;
    const kept = await session.save(state.snapshot);
    if (kept === null) return; // there was nothing to save
    const time = new Date().toLocaleTimeString(capsule.data.language, { hour: "2-digit", minute: "2-digit" });
    line.textContent = kept ? capsule.say("saved", { time }) : capsule.say("unsaved");
    if (!kept && !failed) announce(capsule.say("unsaved"));
    failed = !kept;
  };

  state.addEventListener("step", save);
  state.addEventListener("change", () => { timer ??= setTimeout(save, EVERY); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  window.addEventListener("beforeunload", save);
  window.addEventListener("pagehide", () => session.close(state.snapshot));
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
};
