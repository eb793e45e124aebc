// An LRS as a launch names it (xAPI 1.0.3, part 3): the learner's document there, the statements.
"use strict";

// Of the launch: `endpoint`; `auth`, what the Authorization header says; `activity`, the IRI under
// which the capsule is followed there; `agent`; `registration`, if there is one.
capsule.lrs = ({ endpoint, auth, activity, agent, registration }) => {
  const LONG = 15_000; // milliseconds
  const LIGHT = 8000; // characters of a request that may outlive the page at any time
  const base = endpoint.replace(/\/+$/, "");

  const ask = (path, { headers, ...options }) =>
    fetch(`${base}/${path}`, {
      signal: AbortSignal.timeout(LONG),
      headers: { "X-Experience-API-Version": "1.0.3", ...(auth && { Authorization: auth }), ...headers },
      ...options,
    });
  const write = (path, method, body, { leaving = false, ...headers } = {}) =>
    ask(path, { method, body, keepalive: leaving, headers: { "Content-Type": "application/json", ...headers } });

  const readable = (text) => {
    try {
      return JSON.parse(text) ?? {};
    } catch {
      return {}; // not ours, and no use to the learner
    }
  };

  const document = `activities/state?${new URLSearchParams({
    stateId: "capsule",
    activityId: activity,
    agent: JSON.stringify(agent),
    ...(registration && { registration }),
  })}`;
  let tag = null; // of the document as it was last seen, where the LRS lets a page know

  return {
    // The learner's document, {} when there is none, null when the LRS does not say.
    async read() {
      try {
        const answer = await ask(document, {});
        tag = answer.ok ? answer.headers.get("ETag") : null;
        if (answer.status === 404) return {};
        return answer.ok ? readable(await answer.text()) : null;
      } catch {
        return null;
      }
    },

    // The status of the answer: 412 where another window has written since. Throws without a network.
    async put(value, leaving) {
      const answer = await write(document, "PUT", JSON.stringify(value), { leaving, ...(tag && { "If-Match": tag }) });
      if (answer.ok) tag = answer.headers.get("ETag");
      return answer.status;
    },

    // Sends frozen statements; the status of the answer, 0 without a network. Always to the same address,
    // for which a browser asks leave once: statements one by one would be overtaken by later ones.
    async send(entries, leaving) {
      const body = `[${entries.map((entry) => entry.body).join()}]`;
      try {
        const answer = await write("statements", "POST", body, { leaving: leaving || body.length < LIGHT });
        return answer.status;
      } catch {
        return 0;
      }
    },
  };
};

// Whether an LRS that answers with `status` has what it was sent.
capsule.lrs.took = (status) => status >= 200 && status < 300;
