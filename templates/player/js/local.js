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

// { snapshot, unsent } of a learner, as their LMS names them; "" without an LMS.
capsule.local = (learner) => {
  const memory = capsule.memory(`capsule:${capsule.data.iri}${learner && `#${learner}`}`);
  return { ...memory, write: (snapshot, unsent) => memory.write({ snapshot, unsent }) };
};
