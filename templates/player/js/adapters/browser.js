// No LMS: this browser remembers.
"use strict";

capsule.adapters.push(() => {
  const copy = capsule.local("");
  const expected = capsule.adapters.length > 1; // a package for an LMS, opened outside one
  let forgotten = false;
  const save = (snapshot) => (forgotten ? null : copy.write(snapshot, false));

  return {
    name: "browser",
    here: true,
    learner: "",
    saved: {}, // main.js reads the copy
    room: 2000,
    kept: "kept_here",
    recorded: "recorded_here",
    notice: expected ? "outside" : null,
    save,
    close: save,
    forget() {
      forgotten = true;
      copy.erase();
      location.reload();
    },
  };
});
