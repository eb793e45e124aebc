// The questions: a text that is kept as it is typed, or "we talked about it in the room".
"use strict";

capsule.questions = ({ data, state, session }) => {
  document.getElementById("kept").textContent = capsule.say(data.private && !session.here ? "kept_private" : session.kept);
  // What an LMS holds is counted as it is stored, where a line break takes two characters.
  const size = (text) => JSON.stringify(text).length - 2;
  // The start of `text` that takes at most `room`, in whole characters, and what it takes.
  const fitting = (text, room) => {
    let kept = "";
    let taken = 0;
    for (const character of text) {
      const more = size(character);
      if (taken + more > room) break;
      kept += character;
      taken += more;
    }
    return [kept, taken];
  };

  for (const id of data.questions) {
    const { text, discussed } = document.getElementById(id).elements;
    const room = document.getElementById(`${id}-room`);
    const fill = () => { text.value = state.answer(id).text; };
    fill();
    discussed.checked = state.answer(id).discussed;
    text.disabled = discussed.disabled = false; // until here it was not known what was answered before

    const mark = () => text.form.classList.toggle("done", state.isAnswered(id));
    const clip = () => {
      const [kept, taken] = fitting(text.value, session.room);
      if (kept !== text.value) text.value = kept;
      const left = session.room - taken;
      const elsewhere = state.answer(id).written && kept.trim() === "";
      if (elsewhere) room.textContent = capsule.say("elsewhere");
      else room.textContent = left < 100 ? capsule.say("room", { n: left }) : "";
    };
    clip();
    mark();
    text.addEventListener("input", () => {
      state.setAnswer(id, { text: fitting(text.value, session.room)[0] });
      clip();
      mark();
    });
    state.addEventListener("forgotten", () => { fill(); clip(); });
    text.addEventListener("change", () => state.settle(id));
    discussed.addEventListener("change", () => {
      state.setAnswer(id, { discussed: discussed.checked });
      mark();
    });
    text.form.addEventListener("submit", (event) => event.preventDefault());
  }
};
