// The film: what is played of it counts, it starts where it was left, any [data-seek] moves it.
"use strict";

// Before the LMS has answered, too.
capsule.seeking = (video) => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-seek]");
    if (!button) return;
    video.currentTime = Number(button.dataset.seek);
    video.play().catch(() => {}); // the browser may want the learner to press play
    if (button.classList.contains("review")) video.focus();
  });
};

capsule.film = ({ video, state, announce }) => {
  const { say, clock, ranges } = capsule;

  const watch = () => state.watch(ranges.played(video), video.currentTime);
  for (const moment of ["timeupdate", "seeking"]) video.addEventListener(moment, watch);
  for (const moment of ["pause", "ended"]) {
    video.addEventListener(moment, () => { watch(); state.step(); });
  }

  const resume = () => {
    if (state.position < Math.max(1, video.currentTime) || state.position > video.duration - 2) return;
    video.currentTime = state.position;
    announce(say("resumed", { time: clock(state.position) }));
  };
  if (video.readyState) resume();
  else video.addEventListener("loadedmetadata", resume, { once: true });
  if (video.played.length) watch(); // while the LMS was asked

  const failed = () => {
    const fault = document.getElementById("film-fault");
    fault.textContent = say("fault");
    fault.hidden = false;
  };
  if (video.error || video.networkState === video.NETWORK_NO_SOURCE) failed(); // before this script
  video.querySelector("source").addEventListener("error", failed);
  video.addEventListener("error", failed);
};
