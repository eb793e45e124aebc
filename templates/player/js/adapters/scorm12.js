// SCORM 1.2 (ADL SCORM Run-Time Environment 1.2, section 3).
"use strict";

(() => {
  const SUSPEND_DATA = 4096; // characters
  const RANGES = 1500; // of those, for all that is not an answer

  // Up the frames, then up those of the window that opened this one; a frame of another site throws.
  const find = (frame) => {
    try {
      for (let w = frame, n = 0; w && n < 50; w = w.parent, n += 1) {
        if (w.API) return w.API;
        if (w.parent === w) break;
      }
    } catch {
      return null;
    }
    return null;
  };
  const opener = (frame) => {
    try {
      return frame.opener;
    } catch {
      return null;
    }
  };

  const timespan = (milliseconds) => {
    const s = Math.floor(milliseconds / 1000);
    return [s / 3600, (s / 60) % 60, s % 60].map((n) => String(Math.floor(n)).padStart(2, "0")).join(":");
  };

  const pack = ({ position, watched, answers, captions, message, completed }) =>
    JSON.stringify([2, position, watched.map((r) => r.join("-")).join(), Object.entries(answers)
      .map(([id, { text, discussed, written }]) => [id, text, discussed ? 1 : 0, written ? 1 : 0]),
      captions ? 1 : 0, message ? 1 : 0, completed ? 1 : 0]);

  const unpack = (text) => {
    try {
      const [version, position, watched, answers, captions, message, completed] = JSON.parse(text);
      if (version !== 2) return {};
      return {
        position,
        watched: watched ? watched.split(",").map((r) => r.split("-").map(Number)) : [],
        answers: Object.fromEntries(answers.map(([id, said, discussed, written]) =>
          [id, { text: said, discussed: discussed === 1, written: written === 1 }])),
        captions: captions === 1,
        message: message === 1,
        completed: completed === 1,
      };
    } catch {
      return {}; // empty at the first launch
    }
  };

  capsule.adapters.push(() => {
    const api = find(window) ?? find(opener(window)) ?? find(opener(window.top));
    if (!api || String(api.LMSInitialize("")) !== "true") return null;

    const set = (name, value) => String(api.LMSSetValue(name, value)) === "true";
    const commit = () => String(api.LMSCommit("")) === "true";
    const opened = performance.now();
    const saved = unpack(String(api.LMSGetValue("cmi.suspend_data")));
    let status = String(api.LMSGetValue("cmi.core.lesson_status"));
    const isDone = () => status === "passed" || status === "completed";
    let scored = isDone() && Number(api.LMSGetValue("cmi.core.score.raw")) > 0;
    let closed = false;

    const setStatus = (value) => {
      if (isDone() || status === value) return true; // a status is never lowered
      const kept = set("cmi.core.lesson_status", value);
      if (kept) status = value;
      return kept;
    };
    // An LMS that grades shows 0 for a completed unit without a score.
    const setScore = () => {
      if (scored || !capsule.data.score) return true;
      set("cmi.core.score.min", "0");
      set("cmi.core.score.max", "100");
      scored = set("cmi.core.score.raw", "100");
      return scored;
    };
    // An LMS records "completed" for a session that ends without a status.
    setStatus("incomplete");
    set("cmi.core.exit", "suspend");
    commit();

    const save = (snapshot) => {
      if (closed) return false;
      const kept = [
        set("cmi.suspend_data", pack(snapshot)),
        set("cmi.core.lesson_location", String(snapshot.position)),
        set("cmi.core.session_time", timespan(performance.now() - opened)),
        setStatus(snapshot.completed ? "completed" : "incomplete"),
        !snapshot.completed || setScore(),
      ];
      return commit() && kept.every(Boolean);
    };

    return {
      name: "scorm12",
      learner: String(api.LMSGetValue("cmi.core.student_id")),
      saved: { ...saved, completed: saved.completed || isDone() },
      room: Math.floor((SUSPEND_DATA - RANGES) / capsule.data.questions.length) - 40,
      kept: "kept_lms",
      recorded: "recorded_lms",
      save,
      close(snapshot) {
        if (closed) return null;
        const kept = save(snapshot);
        closed = true;
        return String(api.LMSFinish("")) === "true" && kept;
      },
    };
  });
})();
