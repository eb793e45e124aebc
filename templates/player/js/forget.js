// On a shared computer: what this browser keeps of the learner's answers can be erased.
"use strict";

capsule.forget = ({ data, state, session }) => {
  if (!session.here && !data.private) return; // nothing stays here
  const button = document.getElementById("forget");
  button.hidden = false;
  button.addEventListener("click", () => {
    if (!confirm(capsule.say("forget_sure"))) return;
    if (session.forget) session.forget();
    else state.forgetTexts();
  });
};
