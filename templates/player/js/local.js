// What this browser remembers: all without an LMS; else what the LMS has not got, or may not have.
"use strict";

// A value under a key of localStorage, which may be blocked, full, or hold something else.
capsule.memory = (key) => ({
  read() {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  write(value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  },
  erase() {
    try {
      localStorage.removeItem(key);
    } catch {
      // blocked: there is nothing to erase
    }
  },
});

// { snapshot, unsent } of a learner, as their LMS names them; "" without an LMS. With the `sitting` that
// an LMS holds, nothing comes back of another: a new attempt, or the same capsule in another course.
capsule.local = (learner, session = {}) => {
  const memory = capsule.memory(`capsule:${capsule.data.iri}${learner && `#${learner}`}`);
  const isOurs = (left) => session.sitting === undefined || (left?.sitting ?? "") === session.sitting;
  return {
    ...memory,
    read() {
      const left = memory.read();
      return isOurs(left) ? left : null;
    },
    write: (snapshot, unsent) => memory.write({ snapshot, unsent, sitting: session.sitting }),
  };
};
