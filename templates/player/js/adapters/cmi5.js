// cmi5 (Quartz, 1st edition); the AU's run-time rules are in the vendored library.
"use strict";

(() => {
  const isLaunch = () => {
    const query = new URLSearchParams(location.search);
    return ["endpoint", "fetch", "actor", "activityId", "registration"].every((name) => query.has(name));
  };

  // The learner's own state, in the LRS's State resource (xAPI 1.0.3, part 3, section 2.3).
  const stateOf = (au) => {
    const query = new URLSearchParams({
      stateId: "capsule",
      activityId: au.getActivityId(),
      agent: JSON.stringify(au.getActor()),
      registration: au.getRegistration(),
    });
    const url = `${au.getEndpoint()}/activities/state?${query}`;
    return {
      // What was kept, {} when there is nothing, null when the LRS does not say.
      async get() {
        try {
          const answer = await fetch(url, { headers: headers(au), signal: AbortSignal.timeout(8000) });
          if (answer.status === 404) return {};
          return answer.ok ? readable(await answer.text()) : null;
        } catch {
          return null;
        }
      },
      put: (value) => put(url, au, value),
    };
  };

  const patiently = async (ask) => {
    for (const pause of [500, 1500]) { // milliseconds
      const answer = await ask();
      if (answer) return answer;
      await new Promise((resolve) => { setTimeout(resolve, pause); });
    }
    return ask();
  };

  const readable = (text) => {
    try {
      return JSON.parse(text) ?? {};
    } catch {
      return {}; // not ours, and no use to the learner
    }
  };

  const headers = (au) => ({ Authorization: au.getAuth(), "X-Experience-API-Version": "1.0.3" });

  // `keepalive` lets a request outlive the page.
  const put = (url, au, value) =>
    fetch(url, {
      method: "PUT",
      keepalive: true,
      headers: { ...headers(au), "Content-Type": "application/json" },
      body: JSON.stringify(value),
    });

  const send = (au, statement) =>
    put(`${au.getEndpoint()}/statements?statementId=${statement.id}`, au, statement);

  // One id for the registration's only `completed`: sent by two sessions, it is still one.
  const completionId = (registration) =>
    registration.replace(/^./, (digit) => (Number.parseInt(digit, 16) ^ 1).toString(16));

  const open = async () => {
    const au = new Cmi5(location.href);
    au.includeSourceActivity(false);
    await au.start();
    const state = stateOf(au);
    let earlier = await patiently(state.get);
    const saved = earlier ?? {};
    let reported = saved.reported === true;
    const normal = au.getLaunchMode() === "Normal";
    let closed = false;

    const report = async () => {
      const statement = { ...au.completedStatement(), id: completionId(au.getRegistration()) };
      const answer = await send(au, statement);
      reported = answer.ok || answer.status === 409; // 409: it is there
    };

    // Never over what could not be read.
    const keep = (snapshot) =>
      state.put({ ...(earlier === saved ? snapshot : capsule.snapshots.joined(earlier, snapshot)), reported });

    const write = async (snapshot) => {
      try {
        // Nothing may follow `terminated`: the next launch reports what this one could not.
        if (snapshot.completed && !reported && !closed) await report();
        if (!earlier) {
          earlier = await state.get();
          reported ||= earlier?.reported === true;
        }
        if (!earlier) return false;
        return (await keep(snapshot)).ok && (reported || !snapshot.completed);
      } catch {
        return false; // the network is down; the next save tries again
      }
    };

    // One at a time, so that an older state never lands on a newer one.
    let last = Promise.resolve();
    const save = (snapshot) => {
      if (!normal) return null;
      if (closed) return false;
      last = last.then(() => write(snapshot));
      return last;
    };

    if (normal && saved.completed && !reported) save(saved);

    const close = async (snapshot) => {
      if (closed) return;
      closed = true;
      const sent = [send(au, au.terminatedStatement())];
      if (normal && earlier) sent.push(keep(snapshot));
      await Promise.allSettled(sent);
    };

    const leave = async (snapshot) => {
      await save(snapshot);
      await close(snapshot);
      const back = au.getReturnURL();
      if (/^https?:/.test(back ?? "")) location.assign(back);
      else document.getElementById("saved").textContent = capsule.say("left");
    };

    return {
      name: "cmi5",
      learner: `${au.getRegistration()} ${JSON.stringify(au.getActor().account)}`,
      saved,
      room: 2000, // a request that outlives the page holds 64 KiB
      kept: normal ? "kept_lms" : "kept_nowhere",
      recorded: normal ? "recorded_lms" : "recorded_nowhere",
      notice: normal && !earlier ? "unread" : null,
      leaving: "leave",
      save,
      close,
      leave,
    };
  };

  capsule.adapters.push(async () => {
    if (!isLaunch()) return null;
    try {
      return await open();
    } catch {
      return null; // a launch link serves once: a reloaded page is no longer in a session
    }
  });
})();
