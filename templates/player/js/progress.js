// How much of the ten minutes was seen, and where on that bar it is enough.
"use strict";

capsule.progress = ({ data, state }) => {
  const line = document.getElementById("seen");
  const bar = document.getElementById("seen-bar");
  const { say, clock } = capsule;
  bar.max = data.duration;

  const draw = () => {
    const values = { seen: clock(state.seconds), all: clock(data.duration), least: clock(data.rule.seconds) };
    line.textContent = say(state.filmDone ? "progress_done" : "progress", values);
    bar.value = state.seconds;
    bar.textContent = line.textContent;
  };
  draw();
  state.addEventListener("change", draw);
};
