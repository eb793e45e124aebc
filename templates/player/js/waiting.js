// Why the answers wait, when the LMS takes its time to say what was done before. One that answers at once
// changes nothing on the page.
"use strict";

// Gives a function to call once it has answered.
capsule.waiting = (announce) => {
  const LONG = 1000; // milliseconds
  const { say } = capsule;
  const { dataset } = document.documentElement;
  const timer = setTimeout(() => {
    dataset.waiting = "";
    for (const id of ["kept", "standing"]) document.getElementById(id).textContent = say("waiting");
    announce(say("waiting"));
  }, LONG);

  return () => {
    clearTimeout(timer);
    if (!("waiting" in dataset)) return;
    delete dataset.waiting;
    announce(say("open"), { instead: true });
  };
};
