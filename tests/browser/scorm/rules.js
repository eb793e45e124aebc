// What the standards say of each element, apart from the runtime: how it may be used, what it holds.
// SCORM 1.2: RTE 1.2, section 3.4; 2004: RTE 4th Ed., section 4 and its data types, 4.1.1.
"use strict";

(() => {
  const upTo = (most) => (value) => value.length <= most;
  const like = (pattern) => (value) => pattern.test(value);
  const among = (...words) => (value) => words.includes(value);
  const between = (low, high) => (value) => /^-?\d+(\.\d{1,7})?$/.test(value) && low <= value && value <= high;
  const line = (most) => (value) => value.length <= most && !/[\r\n]/.test(value);
  const localised = (most) => (value) => {
    const text = value.replace(/^\{lang=[a-z]{2}(-[A-Z]{2})?\}/, "");
    return line(most)(text) && !text.startsWith("{"); // else a delimiter that nobody knows
  };
  const r = { use: "r" };
  const w = (holds) => ({ use: "w", holds });
  const rw = (holds) => ({ use: "rw", holds });

  const scorm12 = {
    gone: { SetValue: "301", Commit: "301", other: "301" },
    status: ["cmi.core.lesson_status"],
    elements: {
      "cmi.core.student_id": r,
      "cmi.core.lesson_mode": r,
      "cmi.core.score._children": r,
      "cmi.interactions._children": r,
      "cmi.interactions._count": r,
      "cmi.core.lesson_status": rw(among("passed", "completed", "failed", "incomplete", "browsed")),
      "cmi.core.lesson_location": rw(upTo(255)),
      "cmi.core.exit": w(among("time-out", "suspend", "logout", "")),
      "cmi.core.session_time": w(like(/^\d{2,4}:[0-5]\d:[0-5]\d(\.\d{1,2})?$/)),
      "cmi.core.score.raw": rw(between(0, 100)),
      "cmi.core.score.min": rw(between(0, 100)),
      "cmi.core.score.max": rw(between(0, 100)),
      "cmi.suspend_data": rw(upTo(4096)),
      "cmi.interactions.n.id": w(like(/^[\x21-\x7e]{1,255}$/)),
      "cmi.interactions.n.type": w(among("true-false", "choice", "fill-in", "matching", "performance", "sequencing", "likert", "numeric")),
      "cmi.interactions.n.time": w(like(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,2})?$/)),
      "cmi.interactions.n.student_response": w(line(255)),
      "cmi.interactions.n.result": w(among("correct", "wrong", "unanticipated", "neutral")),
    },
  };

  const second = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,2}(Z|[+-]\d{2}(:\d{2})?)?)?$/; // second(10,2)
  const scorm2004 = {
    gone: { SetValue: "133", Commit: "143", Initialize: "104", other: "123" },
    status: ["cmi.completion_status", "cmi.success_status"],
    elements: {
      "cmi.learner_id": r,
      "cmi.mode": r,
      "cmi.score._children": r,
      "cmi.interactions._children": r,
      "cmi.interactions._count": r,
      "cmi.completion_status": rw(among("completed", "incomplete", "not attempted", "unknown")),
      "cmi.success_status": rw(among("passed", "failed", "unknown")),
      "cmi.location": rw(upTo(1000)),
      "cmi.exit": w(among("time-out", "suspend", "logout", "normal", "")),
      "cmi.session_time": w(like(/^P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d{1,2})?S)?)?$/)),
      "cmi.progress_measure": rw(between(0, 1)),
      "cmi.score.raw": rw(between(0, 100)),
      "cmi.score.min": rw(between(0, 100)),
      "cmi.score.max": rw(between(0, 100)),
      "cmi.score.scaled": rw(between(-1, 1)),
      "cmi.suspend_data": rw(upTo(64_000)),
      "cmi.interactions.n.id": rw(like(/^https?:\/\/\S{1,3990}$/)),
      "cmi.interactions.n.type": rw(among("true-false", "choice", "fill-in", "long-fill-in", "likert", "matching", "performance", "sequencing", "numeric", "other")),
      "cmi.interactions.n.timestamp": rw(like(second)),
      "cmi.interactions.n.description": rw(localised(250)),
      "cmi.interactions.n.learner_response": rw(localised(4000)),
      "cmi.interactions.n.result": rw(among("correct", "incorrect", "unanticipated", "neutral")),
    },
  };

  const RANK = { incomplete: 1, failed: 1, completed: 2, passed: 2 };

  // `complaint(name, ...values)` is null or what is wrong with a call under its name of 2004;
  // `held` has what the LMS has been told, element → value.
  window.rules = { scorm12, scorm2004 };
  window.strict = ({ elements, status }, held) => {
    let running = false;
    let unsent = false;
    const ids = new Set(Object.keys(held).filter((element) => /interactions\.\d+\.id$/.test(element)));

    const ordered = (element) => {
      const [, n, field] = element.match(/interactions\.(\d+)\.(\w+)$/) ?? [];
      if (!n) return null;
      const id = `cmi.interactions.${n}.id`;
      if (field !== "id" && !ids.has(id)) return "before its id";
      if (/_response$/.test(field) && !held[`cmi.interactions.${n}.type`]) return "before its type";
      if (!ids.has(id) && Number(n) !== ids.size) return "out of order";
      ids.add(id);
      return null;
    };

    const set = (element, value) => {
      const rule = elements[element.replace(/\.\d+\./, ".n.")];
      if (!rule) return "no such element";
      if (!rule.use.includes("w")) return "read only";
      if (typeof value !== "string") return "not a string";
      if (!rule.holds(value)) return "not of its type";
      if (status.includes(element) && (RANK[value] ?? 0) < (RANK[held[element]] ?? 0)) return "lowered";
      unsent = true;
      const fault = ordered(element);
      held[element] = value;
      return fault;
    };

    return (name, ...values) => {
      if (name === "Initialize") {
        running = true;
        return null;
      }
      if (name.startsWith("GetLast") || name.startsWith("GetError")) return null;
      if (!running) return "no session";
      if (name === "SetValue") return set(...values);
      if (name === "GetValue") {
        const rule = elements[values[0].replace(/\.\d+\./, ".n.")];
        if (!rule) return "no such element";
        return rule.use.includes("r") ? null : "write only";
      }
      const lost = unsent && name !== "Commit";
      unsent = false;
      running = name === "Commit";
      return lost ? "values that were not committed" : null;
    };
  };
})();
