// What this browser remembers: all without an LMS; else what the LMS has not got, or may not have.
"use strict";

// A value under a key of localStorage, or of the tab's own "sessionStorage": either may be blocked, full,
// or hold something else.
capsule.memory = (key, storage = "localStorage") => ({
  read() {
    try {
      return JSON.parse(window[storage].getItem(key));
    } catch {
      return null;
    }
  },
  write(value) {
    try {
      window[storage].setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  },
  erase() {
    try {
      window[storage].removeItem(key);
    } catch {
      // blocked: there is nothing to erase
    }
  },
});

// The keys of localStorage that start like `start`, in order.
capsule.memory.keys = (start) => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(start)).sort();
  } catch {
    return []; // blocked
  }
};

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
