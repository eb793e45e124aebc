// No LMS: this browser remembers.
"use strict";

capsule.adapters.push(() => {
  const key = `capsule:${capsule.data.iri}`;
  const expected = capsule.adapters.length > 1; // a package for an LMS, opened outside one

  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null; // storage is blocked, or holds something else
    }
  };

  let forgotten = false;
  const save = (snapshot) => {
    if (forgotten) return null;
    try {
      localStorage.setItem(key, JSON.stringify(snapshot));
      return true;
    } catch {
      return false;
    }
  };

  return {
    name: "browser",
    saved: read(),
    room: 2000,
    kept: "kept_here",
    recorded: "recorded_here",
    notice: expected ? "outside" : null,
    save,
    close: save,
    leaving: "forget",
    leave() {
      if (!confirm(capsule.say("forget_sure"))) return;
      forgotten = true;
      localStorage.removeItem(key);
      location.reload();
    },
  };
});
