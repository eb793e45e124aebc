// What this browser remembers: all without an LMS; else what the LMS has not got, or may not have.
"use strict";

// `learner` tells apart those who share a computer, as their LMS names them; "" without an LMS.
capsule.local = (learner) => {
  const key = `capsule:${capsule.data.iri}${learner && `#${learner}`}`;
  return {
    // { snapshot, unsent }, or null.
    read() {
      try {
        return JSON.parse(localStorage.getItem(key));
      } catch {
        return null; // storage is blocked, or holds something else
      }
    },
    write(snapshot, unsent) {
      try {
        localStorage.setItem(key, JSON.stringify({ snapshot, unsent }));
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
  };
};
