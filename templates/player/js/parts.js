// The parts' buttons: which one is playing, and how much of each was seen.
"use strict";

capsule.parts = ({ data, video, state }) => {
  const buttons = [...document.querySelectorAll(".parts button")];

  const draw = () => {
    const now = Math.min(video.currentTime, data.duration - 0.1);
    buttons.forEach((button, i) => {
      const { start, end } = data.parts[i];
      const percent = Math.min(100, Math.round(100 * state.seen(start, end)));
      button.querySelector(".seen").textContent = capsule.say("seen", { percent });
      if (start <= now && now < end) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
  };
  draw();
  state.addEventListener("change", draw);
};
