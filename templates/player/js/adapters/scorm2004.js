// SCORM 2004 4th Edition (ADL SCORM Run-Time Environment 1.1, section 4).
"use strict";

(() => {
  const { data } = capsule;
  const SUSPEND_DATA = 64_000; // characters
  const RANGES = 2000; // of those, for all that is not an answer
  const ANSWER = 2000; // characters, where there is room for more
  const RESPONSE = 3900; // of the 4,000 of a long-fill-in, its language included
  const DESCRIPTION = 230; // of 250

  const timespan = (milliseconds) => {
    const s = Math.max(1, Math.floor(milliseconds / 1000)); // of nothing, Moodle makes a total of "P"
    return `PT${Math.floor(s / 3600)}H${Math.floor(s / 60) % 60}M${s % 60}S`;
  };

  const statuses = (lms) => {
    const completion = lms.status("cmi.completion_status");
    const success = lms.status("cmi.success_status");
    const isDone = () => completion.isDone() || success.isDone();
    return {
      isDone,
      begin: () => isDone() || completion.raise("incomplete"),
      tell({ completed, progress }) {
        lms.offer("cmi.progress_measure", String(Math.floor(100 * progress) / 100));
        if (!completed) return completion.raise("incomplete");
        return completion.raise("completed") && (!data.score || success.raise("passed"));
      },
    };
  };

  // A text that starts with a brace would be read as one more delimiter.
  const localised = (text, most) => `{lang=${data.language}}${capsule.oneLine(text, most).replace(/^\{/, " {")}`;
  const iri = (id) => `${data.iri}/questions/${id}`;
  const interactions = {
    response: "learner_response",
    indexed(lms, count) {
      const numbers = {};
      for (let n = 0; n < count; n += 1) {
        const id = lms.get(`cmi.interactions.${n}.id`);
        if (id.startsWith(iri(""))) numbers[id.slice(iri("").length)] = n;
      }
      return numbers;
    },
    fixed: (id, kind, question) => [
      ["id", iri(id)],
      ["type", kind === "text" ? "long-fill-in" : "true-false"],
      ["description", localised(data.asks[question], DESCRIPTION)],
    ],
    given: (kind, value) => [
      // Hundredths, as the standard has them, and with them only a time zone.
      ["timestamp", new Date().toISOString().replace(/(\.\d\d)\dZ$/, "$1Z")],
      ["learner_response", kind === "text" ? localised(value, RESPONSE) : String(value)],
      ["result", "neutral"],
    ],
  };

  capsule.adapters.push(() => capsule.scorm({
    name: "scorm2004",
    api: "API_1484_11",
    prefix: "",
    finish: "Terminate",
    gone: ["132", "133", "142", "143"],
    room: Math.min(ANSWER, Math.floor((SUSPEND_DATA - RANGES) / Math.max(1, data.questions.length)) - 40),
    elements: {
      learner: "cmi.learner_id",
      mode: "cmi.mode",
      location: "cmi.location",
      time: "cmi.session_time",
      exit: "cmi.exit",
      score: "cmi.score",
    },
    timespan,
    points: [["raw", "100"], ["scaled", "1"]],
    statuses,
    interactions,
  }));
})();
