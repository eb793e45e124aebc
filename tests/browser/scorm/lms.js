// An LMS with one learner. scorm-again runs the session, rules.js checks each call besides.
// The query has the `standard`, what the LMS has `given` (JSON: element → value), and the switches
// `popup`, `bare` (an LMS that only gives back what it was told, as Open edX), `begun` (it has opened
// the session itself). `trouble` makes it fail: "down" (nothing is committed), "gone" (the session is over).
// As Moodle's, it takes a value of SCORM 1.2 that it tried to send for sent, and without a network says
// that it has sent.
"use strict";

(() => {
  const query = new URLSearchParams(location.search);
  const standard = query.get("standard");
  const { gone, status } = rules[standard];
  const [object, prefix, finish] = { scorm12: ["API", "LMS", "Finish"], scorm2004: ["API_1484_11", "", "Terminate"] }[standard];
  const NAMES = ["Initialize", finish, "GetValue", "SetValue", "Commit", "GetLastError", "GetErrorString"];

  // The learner's record outlives the page.
  const read = (store, key, otherwise) => JSON.parse(store.getItem(key)) ?? otherwise;
  const record = read(localStorage, "record", {});
  const told = { ...record };
  const noted = { ...record };
  window.calls = read(sessionStorage, "calls", []);
  window.complaints = read(sessionStorage, "complaints", []);
  window.trouble = "";

  const Runtime = standard === "scorm12" ? Scorm12API : Scorm2004API;
  const api = new Runtime({ autocommit: false, logLevel: 5, mastery_override: true });
  api.loadFromFlattenedJSON({ ...JSON.parse(query.get("given") ?? "{}"), ...told });
  const complaint = strict(rules[standard], { ...told });
  let failed = "0";

  const commit = (arrives) => {
    // What the runtime itself makes of a status, by a score that was wanted.
    for (const element of status) {
      const now = element.split(".").reduce((of, key) => of[key], { cmi: api.cmi });
      if (told[element] || !["", "unknown", "not attempted"].includes(now)) told[element] = now;
    }
    const sent = Object.entries(told).filter(([element, value]) => noted[element] !== value);
    if (standard === "scorm12") Object.assign(noted, told);
    if (!arrives) return;
    Object.assign(record, Object.fromEntries(sent));
    localStorage.setItem("record", JSON.stringify(record));
  };

  const answer = (name, values) => {
    if (name === "GetLastError" && failed !== "0") return failed;
    if (name === "GetErrorString" && failed !== "0") return "In trouble";
    failed = "0";
    if (trouble === "gone") failed = gone[name] ?? gone.other;
    else if (trouble === "down" && (name === "Commit" || name === finish)) failed = standard === "scorm12" ? "101" : "391";
    if (failed !== "0") return name === "GetValue" ? "" : "false";
    const [element, value] = values;
    if (query.has("bare") && name === "GetValue") return told[element] ?? "";
    const said = api[`${prefix}${name}`](...values);
    if (name === "SetValue" && String(said) === "true") told[element] = value;
    return said;
  };

  window[object] = {};
  for (const name of NAMES) {
    window[object][`${prefix}${name}`] = (...values) => {
      const fault = trouble === "gone" ? null : complaint(name, ...values);
      if (fault) complaints.push([...values, fault]);
      const said = answer(name, values);
      calls.push([name, ...values, said]);
      if (name === "Commit" || name === finish) commit(String(said) === "true" && navigator.onLine);
      sessionStorage.setItem("calls", JSON.stringify(calls));
      sessionStorage.setItem("complaints", JSON.stringify(complaints));
      return said;
    };
  }

  if (query.has("begun")) window[object][`${prefix}Initialize`]("");
  if (query.has("popup")) return;
  const frame = document.createElement("iframe");
  frame.name = "sco";
  frame.src = "package/index.html";
  frame.width = 650;
  frame.height = 600;
  document.body.append(frame);
})();
