// The stretches of the film that were played: [[start, end], ...] in seconds, sorted, apart.
"use strict";

(() => {
  const JOIN = 0.5; // a gap that nobody can have missed anything in
  const MOST = 100; // beyond it the shortest go, so that any LMS can hold them

  const tenth = (seconds) => Math.round(seconds * 10) / 10;

  const merge = (ranges) => {
    const merged = [];
    for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
      const last = merged.at(-1);
      if (last && start <= last[1] + JOIN) last[1] = Math.max(last[1], tenth(end));
      else if (end > start) merged.push([tenth(start), tenth(end)]);
    }
    if (merged.length <= MOST) return merged;
    const shortest = [...merged].sort((a, b) => a[1] - a[0] - (b[1] - b[0]));
    const dropped = new Set(shortest.slice(0, merged.length - MOST));
    return merged.filter((range) => !dropped.has(range));
  };

  // Seconds of `ranges` that lie between `from` and `to`, to the tenth.
  const within = (ranges, from, to) =>
    tenth(ranges.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)), 0));

  const played = (video) =>
    Array.from({ length: video.played.length }, (_, i) => [video.played.start(i), video.played.end(i)]);

  capsule.ranges = { merge, within, played };
})();
