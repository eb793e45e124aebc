// SCORM 1.2 (ADL SCORM Run-Time Environment 1.2, section 3).
"use strict";

(() => {
  const SUSPEND_DATA = 4096; // characters
  const RANGES = 1500; // of those, for all that is not an answer
  const FEEDBACK = 255; // characters of a response (CMIFeedback)

  const digits = (n) => String(Math.floor(n)).padStart(2, "0");
  const timespan = (milliseconds) => {
    const s = Math.floor(milliseconds / 1000);
    return [s / 3600, (s / 60) % 60, s % 60].map(digits).join(":");
  };

  const statuses = (lms) => {
    const status = lms.status("cmi.core.lesson_status");
    return {
      isDone: status.isDone,
      browse: () => status.raise("browsed"), // where silence would be recorded as completed
      begin: () => status.raise("incomplete"),
      tell: ({ completed }) => status.raise(completed ? "completed" : "incomplete"),
    };
  };

  const interactions = {
    response: "student_response",
    fixed: (id, kind) => [["id", id], ["type", kind === "text" ? "fill-in" : "true-false"]],
    given: (kind, value) => [
      ["time", new Date().toTimeString().slice(0, 8)],
      ["student_response", kind === "text" ? capsule.oneLine(value, FEEDBACK) : value ? "t" : "f"],
      ["result", "neutral"],
    ],
  };

  const decoy = (element, value) => ({
    "cmi.core.lesson_status": value === "completed" ? "passed" : null,
    "cmi.core.score.raw": "99",
    "cmi.interactions.n.id": `${value}-`,
    "cmi.interactions.n.type": "likert",
    "cmi.interactions.n.time": "00:00:00",
    "cmi.interactions.n.student_response": "-",
    "cmi.interactions.n.result": "unanticipated",
  })[element.replace(/\.\d+\./, ".n.")];

  capsule.adapters.push(() => capsule.scorm({
    name: "scorm12",
    api: "API",
    prefix: "LMS",
    finish: "Finish",
    gone: ["301"],
    room: Math.floor((SUSPEND_DATA - RANGES) / Math.max(1, capsule.data.questions.length)) - 40,
    elements: {
      learner: "cmi.core.student_id",
      mode: "cmi.core.lesson_mode",
      location: "cmi.core.lesson_location",
      time: "cmi.core.session_time",
      exit: "cmi.core.exit",
      score: "cmi.core.score",
    },
    timespan,
    points: [["raw", "100"]],
    statuses,
    interactions,
    decoy,
  }));
})();
