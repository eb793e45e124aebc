// The film's own events as statements of the video profile (1.0.3).
"use strict";

capsule.watching = ({ video, state, statements, queue }) => {
  const SETTLED = 300; // milliseconds: a cursor that is dragged moves the film many times
  const round = (seconds) => Math.round(seconds * 1000) / 1000;
  const length = round(capsule.data.duration);
  let begun = false; // a film that nobody plays says nothing
  let moment = 0; // the last that was played
  let from = null; // where a move of the cursor began
  let timer = null;

  const seen = (name) => ({
    [name("progress")]: round(Math.min(1, state.seconds / length)),
    [name("played-segments")]: state.snapshot.watched.map((range) => range.join("[.]")).join("[,]"),
  });
  const here = () => {
    const time = round(Math.min(video.currentTime, length));
    return { length, extensions: (name) => ({ [name("time")]: time, ...seen(name) }) };
  };
  const tell = (verb, at, more) => queue.add(statements.film(verb, at, more), { passing: true });

  const begin = () => {
    if (begun) return;
    begun = true;
    tell("initialized", here(), { result: null });
  };
  const moved = () => {
    const [start, end] = [from, round(video.currentTime)];
    from = null;
    tell("seeked", { length, extensions: (name) => ({ [name("time-from")]: start, [name("time-to")]: end, ...seen(name) }) });
  };

  video.addEventListener("play", () => { begin(); tell("played", here()); });
  video.addEventListener("pause", () => { if (begun) tell("paused", here()); });
  video.addEventListener("timeupdate", () => { if (!video.seeking && from === null) moment = round(video.currentTime); });
  video.addEventListener("seeking", () => { if (begun) from ??= moment; });
  video.addEventListener("seeked", () => {
    clearTimeout(timer);
    if (from !== null) timer = setTimeout(moved, SETTLED);
  });

  return {
    here,
    end() {
      if (!begun) return;
      if (from !== null) moved();
      tell("terminated", here());
      begun = false;
    },
  };
};
