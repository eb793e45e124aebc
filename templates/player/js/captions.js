// Captions from the page's own data: a file:// page may not load a <track>. On or off travels with
// the learner; their size is this screen's.
"use strict";

// Without the learner: the film plays before an LMS has answered.
capsule.captioned = ({ data, video }) => {
  const button = document.getElementById("captions");
  if (!button) return; // they are part of the pictures
  const track = video.addTextTrack("captions", button.textContent.trim(), data.language);
  const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  // Chromium, moved to the very end of a cue, keeps it on screen: none ends where another starts.
  const cue = ([start, end, text]) => new VTTCue(start, end - 0.001, escaped(text));
  for (const one of data.cues) track.addCue(cue(one));
  track.mode = "showing";

  const sizes = document.getElementById("caption-size");
  const memory = capsule.memory("capsule:caption-size");
  if ([...sizes.options].some((option) => option.value === memory.read())) sizes.value = memory.read();
  const resize = () => { video.dataset.captions = sizes.value; };
  resize();
  sizes.addEventListener("change", () => { resize(); memory.write(sizes.value); });
};

capsule.captions = ({ video, state }) => {
  const button = document.getElementById("captions");
  if (!button) return;
  const [track] = video.textTracks;
  track.mode = state.captions ? "showing" : "hidden";
  const show = () => button.setAttribute("aria-pressed", String(track.mode === "showing"));
  show();
  button.addEventListener("click", () => {
    track.mode = track.mode === "showing" ? "hidden" : "showing";
  });
  video.textTracks.addEventListener("change", () => { // the film's own menu changes it as well
    if (track.mode === "disabled") track.mode = "hidden"; // the transcript needs the cues
    show();
    if (state.captions !== (track.mode === "showing")) state.setCaptions(track.mode === "showing");
  });
};
