// What SCORM 1.2 and 2004 have in common: the LMS's API, found in another window, and a session in it.
"use strict";

(() => {
  const { data } = capsule;
  const RANK = { browsed: 1, incomplete: 2, failed: 2, completed: 3, passed: 3 }; // what is not here is 0

  // Up the frames, then up those of the window that opened this one; a frame of another site throws.
  const upwards = (frame, name) => {
    try {
      for (let w = frame, n = 0; w && n < 50; w = w.parent, n += 1) {
        if (w[name]) return w[name];
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
  const find = (name) =>
    upwards(window, name) ?? upwards(opener(window), name) ?? upwards(opener(window.top), name);

  // The API's functions under the names of 2004, which in 1.2 start with `prefix`.
  const connection = (api, prefix) => {
    const refused = new Set();
    const told = new Map(); // element → value, since the LMS last said that it had them all
    const call = (name, ...values) => {
      try {
        return String(api[`${prefix}${name}`](...values) ?? "");
      } catch {
        return ""; // the window that held it is gone
      }
    };
    const lms = {
      call,
      told,
      get: (element) => call("GetValue", element),
      error: () => call("GetLastError"),
      // Whether the LMS took `value`; an administrator finds in the console why not.
      set(element, value) {
        if (call("SetValue", element, value) === "true") {
          told.set(element, value);
          return true;
        }
        const code = lms.error();
        if (!refused.has(element)) console.warn(`capsule: ${element}: ${code} ${call("GetErrorString", code)}`);
        refused.add(element);
        return false;
      },
      // The same for what the LMS can do without: once refused, not said again.
      offer: (element, value) => !refused.has(element) && lms.set(element, value),
      // The fields that an LMS holds of a group, [] when it does not say.
      fields: (group) => lms.get(`${group}._children`).split(",").map((field) => field.trim()).filter(Boolean),
      // A status that is never lowered.
      status(element) {
        let now = lms.get(element);
        return {
          isDone: () => RANK[now] === 3,
          raise(value) {
            if (RANK[value] <= (RANK[now] ?? 0)) return true;
            if (!lms.set(element, value)) return false;
            now = value;
            return true;
          },
        };
      },
    };
    return lms;
  };

  // `index` has the number under which an LMS knows each answer (interactions.js), `sitting` tells this
  // record from that of another attempt or course, `n` makes each text differ from the one before.
  const pack = ({ position, watched, answers, captions, message, completed }, { index, sitting, n }) =>
    JSON.stringify([2, position, watched.map((r) => r.join("-")).join(), Object.entries(answers)
      .map(([id, { text, discussed, written }]) => [id, text, discussed ? 1 : 0, written ? 1 : 0, index[id] ?? -1,
        index[`${id}-discussed`] ?? -1]),
      captions ? 1 : 0, message ? 1 : 0, completed ? 1 : 0, sitting, n]);

  const unpack = (text) => {
    const nothing = { saved: {}, index: {}, sitting: "", n: 0 };
    try {
      const [version, position, watched, answers, captions, message, completed, sitting, n] = JSON.parse(text);
      if (version !== 2) return nothing;
      const numbers = answers.flatMap(([id, , , , said, discussed]) => [[id, said], [`${id}-discussed`, discussed]]);
      return {
        saved: {
          position,
          watched: watched ? watched.split(",").map((r) => r.split("-").map(Number)) : [],
          answers: Object.fromEntries(answers.map(([id, said, discussed, written]) =>
            [id, { text: said, discussed: discussed === 1, written: written === 1 }])),
          captions: captions === 1,
          message: message === 1,
          completed: completed === 1,
        },
        index: Object.fromEntries(numbers.filter(([, number]) => number >= 0)),
        sitting: sitting ?? "",
        n: n ?? 0,
      };
    } catch {
      return nothing; // empty at the first launch
    }
  };

  // Whose session it is, { learner, sitting }, for a page that is loaded again once the LMS has closed it.
  const tab = capsule.memory(`capsule-session:${data.iri}`, "sessionStorage");

  // An LMS may close a session for good while its page stays; the next one takes what was kept here.
  const ended = (standard, session) => ({
    ...session,
    name: standard.name,
    saved: {},
    room: standard.room,
    kept: "kept_lms",
    recorded: "recorded_lms",
    notice: "ended",
    unsaved: "ended",
    save: () => false,
    close: () => false,
  });

  // A session as main.js wants it, null without an API. A `standard` has its `name`, the `api`'s and
  // the `prefix` and `finish` of its functions, the `room` of an answer, the names of the elements
  // that both standards have, what they write differently (`timespan` of milliseconds, `points`,
  // `interactions`), the errors of a session that is `gone`, and `statuses(lms)`: { isDone(), begin(),
  // tell(snapshot), browse() if silence would be a status }. Where LMSs note a value as sent before it
  // is, `decoy(element, value)` gives another for what must get there, or nothing.
  capsule.scorm = (standard) => {
    const { elements } = standard;
    const api = find(standard.api);
    if (!api) return null;
    const lms = connection(api, standard.prefix);
    const initialised = lms.call("Initialize", "") === "true";
    const learner = lms.get(elements.learner);
    // Refused by an LMS whose page has opened the session itself, which then answers all the same.
    if (!initialised && lms.error() !== "0") {
      const known = tab.read();
      return known ? ended(standard, known) : null;
    }

    const opened = performance.now();
    const mode = lms.get(elements.mode);
    const mute = mode === "browse" || mode === "review";
    const { saved, index, sitting, n } = unpack(lms.get("cmi.suspend_data"));
    tab.write({ learner, sitting });
    const record = { index, n, sitting: sitting || Math.random().toString(36).slice(2, 10) };
    const statuses = standard.statuses(lms);
    let graded = statuses.isDone() && Number(lms.get(`${elements.score}.raw`)) > 0;
    let closed = false;
    let missed = false; // a commit failed
    let leaving = false;
    window.addEventListener("beforeunload", () => {
      leaving = true;
      setTimeout(() => { leaving = false; }, 1000); // the learner may stay
    });
    saved.completed ||= statuses.isDone();

    // Then LMSs answer "true" to what they have only handed to the browser.
    const isUnsure = () => leaving || document.hidden;

    // Moodle answers "true" without a network, and never sends that again.
    const commit = () => {
      if (!navigator.onLine) return false;
      const sent = lms.call("Commit", "") === "true";
      if (!sent) missed = true;
      else if (!isUnsure()) {
        missed = false;
        lms.told.clear();
      }
      return sent;
    };

    // After a commit that failed, some LMSs send what differs from what they failed to send.
    const resend = () => {
      const lost = [...lms.told].map(([element, value]) => [element, value, standard.decoy?.(element, value)]);
      const decoys = lost.filter(([, , decoy]) => decoy);
      for (const [element, , decoy] of decoys) lms.set(element, decoy);
      const sent = !decoys.length || commit();
      for (const [element, value] of decoys) lms.set(element, value);
      return sent;
    };

    // An LMS that grades shows 0 for a completed unit without a score.
    const grade = () => {
      if (graded || !data.score) return true;
      const fields = lms.fields(elements.score);
      const optional = ["min", "max"].filter((field) => !fields.length || fields.includes(field));
      for (const field of optional) lms.offer(`${elements.score}.${field}`, { min: "0", max: "100" }[field]);
      graded = standard.points.every(([field, value]) => lms.set(`${elements.score}.${field}`, value));
      return graded;
    };

    if (mode === "browse" && statuses.browse) {
      statuses.browse();
      commit();
    }
    if (!mute) {
      // An LMS records "completed" for a session that ends without a status.
      statuses.begin();
      lms.set(elements.exit, "suspend");
      commit();
    }
    const answers = mute || data.private ? null : capsule.interactions(lms, standard.interactions, saved, index);

    // True, false, or undefined when nobody knows.
    const write = (snapshot) => {
      if (missed && !resend() && !leaving) return false;
      record.n += 1;
      answers?.tell(snapshot.answers, leaving);
      lms.offer(elements.location, String(snapshot.position));
      lms.offer(elements.time, standard.timespan(performance.now() - opened));
      const kept = [
        lms.set("cmi.suspend_data", pack(snapshot, record)),
        !snapshot.completed || grade(),
        statuses.tell(snapshot),
      ].every(Boolean);
      const sent = commit();
      const gone = sent ? !kept : standard.gone.includes(lms.error());
      session.unsaved = gone ? "ended" : "unsaved";
      if (!kept || !sent) return false;
      if (isUnsure()) return undefined;
      if (session.sitting !== record.sitting) tab.write({ learner, sitting: record.sitting });
      session.sitting = record.sitting;
      return true;
    };

    const session = {
      name: standard.name,
      learner,
      mute,
      saved,
      sitting, // "" until the LMS has one
      room: standard.room,
      kept: mute ? "kept_nowhere" : "kept_lms",
      recorded: mute ? "recorded_nowhere" : "recorded_lms",
      unsaved: "unsaved",
      save(snapshot) {
        if (mute) return null;
        return closed ? false : write(snapshot);
      },
      close(snapshot) {
        if (closed) return null;
        closed = true;
        leaving = true;
        const kept = mute ? null : write(snapshot);
        return lms.call(standard.finish, "") === "true" ? kept : false;
      },
    };
    return session;
  };
})();
