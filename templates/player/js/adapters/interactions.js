// The answers as SCORM's interactions: one for what is written, one for "we talked about it in the room".
"use strict";

(() => {
  const GROUP = "cmi.interactions";

  // At most `most` characters on one line, in which LMSs take no line break; never half a character.
  capsule.oneLine = (text, most) => {
    const line = text.replace(/\s+/g, " ").trim();
    return line.length <= most ? line : `${line.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
  };

  // `standard` has the name of the `response`, `indexed(lms)`: the numbers that an LMS itself tells,
  // or null; `fixed(id, kind, question)` and `given(kind, value)`: [field, value] of what is written
  // once, and each time. `index` is completed. null when the LMS holds no interactions.
  capsule.interactions = (lms, standard, saved, index) => {
    const fields = lms.fields(GROUP);
    if (!fields.includes(standard.response)) return null;
    const count = () => Number(lms.get(`${GROUP}._count`)) || 0;
    let told = null; // id → the value that the LMS has
    let refused = false;

    // What an LMS has forgotten is told anew.
    const recall = () => {
      const numbers = standard.indexed?.(lms, count()) ?? index;
      const all = count();
      for (const id of Object.keys(index)) if (!(numbers[id] < all)) delete index[id];
      Object.assign(index, numbers);
      told = {};
      for (const [id, { text, discussed }] of Object.entries(saved.answers ?? {})) {
        if (id in index) told[id] = text.trim();
        if (`${id}-discussed` in index) told[`${id}-discussed`] = discussed;
      }
    };

    const record = (id, kind, value, question) => {
      if (refused || value === (told[id] ?? (kind === "text" ? "" : false))) return;
      const n = index[id] ?? count();
      const written = [...(id in index ? [] : standard.fixed(id, kind, question)), ...standard.given(kind, value)];
      refused = !written.every(([field, v]) => !fields.includes(field) || lms.set(`${GROUP}.${n}.${field}`, v));
      if (refused) return; // the LMS still has the answers in what the learner resumes from
      index[id] = n;
      told[id] = value;
    };

    return {
      // While it is being written a text is not told, unless the page is being left.
      tell(answers, leaving) {
        if (!told) recall();
        for (const [id, { text, discussed, settled }] of Object.entries(answers)) {
          if (settled || leaving) record(id, "text", text.trim(), id);
          record(`${id}-discussed`, "discussed", discussed, id);
        }
      },
    };
  };
})();
