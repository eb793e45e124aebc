// The transcript: one stop of the Tab key, arrows within it; it follows the film and moves it.
"use strict";

capsule.transcript = ({ video }) => {
  const panel = document.getElementById("transcript");
  const lines = [...panel.querySelectorAll("button")];
  if (!lines.length) return;
  let current = -1;
  let reading = false; // with the arrows, at the learner's own pace
  lines[0].tabIndex = 0;

  const follow = () => {
    const now = lines.findLastIndex((line) => Number(line.dataset.seek) <= video.currentTime + 0.05);
    if (now === current) return;
    lines[current]?.removeAttribute("aria-current");
    current = now;
    const line = lines[now];
    if (!line) return;
    line.setAttribute("aria-current", "true");
    if (reading) return;
    stop(line);
    panel.scrollTop = line.offsetTop - panel.clientHeight / 3;
  };

  const stop = (line) => {
    for (const other of lines) other.tabIndex = other === line ? 0 : -1;
  };

  panel.addEventListener("keydown", (event) => {
    const at = lines.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: lines.length - 1 }[event.key];
    if (at < 0 || !lines[to]) return;
    event.preventDefault();
    reading = true;
    stop(lines[to]);
    lines[to].focus();
  });
  panel.addEventListener("click", () => { reading = false; });
  panel.addEventListener("focusout", (event) => {
    if (!panel.contains(event.relatedTarget)) reading = false;
  });
  for (const moment of ["timeupdate", "seeking"]) video.addEventListener(moment, follow);
};
