// The message is seen once its statement has stayed on screen; `state` also counts it when heard.
"use strict";

capsule.message = ({ state }) => {
  const LONG = 3000; // milliseconds, to read a sentence
  let timer = null;
  const look = new IntersectionObserver(([entry]) => {
    clearTimeout(timer);
    if (!entry.isIntersecting || state.messageSeen) return;
    timer = setTimeout(() => {
      if (!document.hidden) state.seeMessage();
    }, LONG);
  }, { threshold: 1 });
  look.observe(document.getElementById("message-title"));
};
