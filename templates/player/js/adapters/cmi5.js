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
      async get() {
        const answer = await fetch(url, { headers: headers(au) });
        if (answer.status === 404) return {};
        if (!answer.ok) throw new Error(`State: ${answer.status}`);
        return answer.json();
      },
      put: (value) => put(url, au, value),
    };
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

  const open = async () => {
    const au = new Cmi5(location.href);
    au.includeSourceActivity(false);
    await au.start();
    const state = stateOf(au);
    const saved = await state.get();
    // One id for the registration's only `completed`: sent twice, it is still one (409: it is there).
    const record = { completion: saved.completion ?? Cmi5.uuidv4(), reported: saved.reported === true };
    const normal = au.getLaunchMode() === "Normal";
    let closed = false;

    const report = async () => {
      const statement = { ...au.completedStatement(), id: record.completion };
      const answer = await send(au, statement);
      record.reported = answer.ok || answer.status === 409;
      return record.reported;
    };

    const write = async (snapshot) => {
      try {
        const kept = await state.put({ ...snapshot, ...record });
        if (!snapshot.completed || record.reported) return kept.ok;
        if (closed) return false; // nothing may follow `terminated`; the next launch reports it
        return (await report()) && (await state.put({ ...snapshot, ...record })).ok;
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

    if (normal && saved.completed && !record.reported) save(saved);

    const close = async (snapshot) => {
      if (closed) return;
      closed = true;
      const sent = [send(au, au.terminatedStatement())];
      if (normal) sent.push(state.put({ ...snapshot, ...record }));
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
      saved,
      room: 2000, // a request that outlives the page holds 64 KiB
      kept: normal ? "kept_lms" : "kept_nowhere",
      recorded: normal ? "recorded_lms" : "recorded_nowhere",
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
