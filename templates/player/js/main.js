// Opens a session with the first adapter that finds its LMS, then starts the features.
"use strict";

(async () => {
  const { data, say } = capsule;

  const connect = async () => {
    for (const adapter of capsule.adapters) {
      const session = await adapter();
      if (session) return session;
    }
    return null; // never: the browser's own storage comes last and always answers
  };

  const video = document.getElementById("film");
  const status = document.getElementById("status");
  let shown = null;
  const announce = (text, { instead = false } = {}) => {
    clearTimeout(shown);
    const before = instead ? "" : status.textContent; // what was said a moment ago still holds
    status.textContent = `${before} ${text}`.trim();
    shown = setTimeout(() => { status.textContent = ""; }, 10_000);
  };

  const notify = (key) => {
    const notice = document.getElementById("notice");
    notice.textContent = say(key);
    notice.hidden = false;
  };

  capsule.seeking(video);
  capsule.captioned({ data, video });
  const answered = capsule.waiting(announce);
  const session = await connect();
  answered();
  const copy = capsule.local(session.learner, session);
  const left = copy.read();
  const sittings = left?.unsent ? [session.saved, left.snapshot] : [left?.snapshot, session.saved];
  const state = new capsule.State(data, capsule.snapshots.joined(...sittings));
  const player = { data, state, session, copy, unsent: left?.unsent === true, announce, notify, video };
  session.start?.(player);
  const features = [
    capsule.film,
    capsule.captions,
    capsule.transcript,
    capsule.parts,
    capsule.progress,
    capsule.message,
    capsule.questions,
    capsule.end,
    capsule.forget,
    capsule.saving,
  ];
  for (const feature of features) feature(player);
  if (session.notice) notify(session.notice);
  document.documentElement.dataset.ready = session.name;
})();
