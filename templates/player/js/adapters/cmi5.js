// cmi5 (Quartz, 1st edition); what its own statements hold is in the vendored library.
"use strict";

(() => {
  const CMI5 = "https://w3id.org/xapi/cmi5/context/categories/cmi5";
  const PATIENCE = 3000; // milliseconds for `initialized` to be there: nothing may overtake it
  const isLaunch = () => {
    const query = new URLSearchParams(location.search);
    return ["endpoint", "fetch", "actor", "activityId", "registration"].every((name) => query.has(name));
  };

  // The access that a launch gives serves once: this tab keeps it, so that the page may be reloaded.
  const tab = (au) => capsule.memory(`capsule:cmi5:${au.getFetch()}`, "sessionStorage");

  // A reload by the keyboard goes on with the session. No browser tells one by its button from leaving,
  // which ends the session.
  const SOON = 2000; // milliseconds
  let asked = -SOON;
  window.addEventListener("keydown", ({ key, ctrlKey, metaKey }) => {
    if (key === "F5" || ((ctrlKey || metaKey) && key.toLowerCase() === "r")) asked = performance.now();
  });
  const isReload = () => performance.now() - asked < SOON;

  const goBack = (address, otherwise) => {
    if (/^https?:/.test(address ?? "")) location.assign(address);
    else document.getElementById("saved").textContent = capsule.say(otherwise);
  };
  const learnerOf = (au) => `${au.getRegistration()} ${JSON.stringify(au.getActor().account)}`;
  const lrsOf = (au) => capsule.lrs({
    endpoint: au.getEndpoint(),
    auth: au.getAuth(),
    activity: au.getActivityId(),
    agent: au.getActor(),
    registration: au.getRegistration(),
  });

  const enter = async (au, kept) => {
    if (kept) {
      au.setAuth(kept.auth);
      au._fetchContent = {}; // all that the library asks of it is to be there
    } else {
      await au.postFetch();
    }
    await au.loadLMSLaunchData();
    await au.loadLearnerPrefs().catch(() => {}); // the session is worth more than they are
  };
  const isSilent = (au) => {
    try {
      return au.getAudioPreference() === "off";
    } catch {
      return false; // they could not be read
    }
  };

  const open = async (au, memory, kept) => {
    await enter(au, kept);
    au.includeSourceActivity(false);
    const normal = au.getLaunchMode() === "Normal";
    const opened = kept?.opened ?? Date.now();
    const back = au.getReturnURL();
    const remember = (ended) => memory.write({ auth: au.getAuth(), opened, back, ended });
    remember(false);

    // A statement that cmi5 defines, in what is left of the library's.
    const defined = ({ result, ...statement }, id = statement.id) => ({
      ...statement,
      id,
      ...(result && { result: { ...result, duration: capsule.timespan(Date.now() - opened) } }),
    });
    const { context } = au.initializedStatement();
    context.contextActivities.category = context.contextActivities.category.filter(({ id }) => id !== CMI5);
    const activity = au.getActivityId();
    const statements = capsule.statements({ actor: au.getActor(), activity, context });
    const lrs = lrsOf(au);
    const terminated = () => defined(au.terminatedStatement());

    // What another session has not sent may not be sent in this one: its facts are in the document.
    const scope = `${learnerOf(au)} ${au.getSessionId()}`;
    capsule.queue.clearOthers(learnerOf(au), scope);

    const recording = await capsule.recording({
      lrs: normal ? lrs : { ...lrs, read: async () => ({}) },
      statements,
      scope,
      facts: () => [
        ["completed", activity, (id) => defined(au.completedStatement(), id)],
        ...(capsule.data.score
          ? [["passed", activity, (id) => defined(au.passedStatement({ scaled: 1, raw: 100, min: 0, max: 100 }), id)]]
          : []),
      ],
      closing() {
        if (!isReload()) queue.add(terminated());
        remember(!isReload());
      },
    });
    const { queue } = recording;
    if (!kept) queue.add(au.initializedStatement(), { alone: true });
    await Promise.race([queue.flush(), new Promise((resolve) => { setTimeout(resolve, PATIENCE); })]);

    // In Browse and Review nothing is recorded but that the session was.
    let closed = false;
    const reviewed = {
      start() {},
      save: () => null,
      async close() {
        if (closed) return;
        closed = true;
        remember(!isReload());
        if (isReload()) return;
        queue.add(terminated());
        await queue.leave();
      },
    };
    const { start, save, close } = normal ? recording : reviewed;

    return {
      name: "cmi5",
      learner: learnerOf(au),
      mute: !normal,
      saved: recording.saved,
      room: 2000, // a request that outlives the page holds 64 KiB
      kept: normal ? "kept_lms" : "kept_nowhere",
      recorded: normal ? "recorded_lms" : "recorded_nowhere",
      notice: normal && recording.unread ? "unread" : null,
      get unsaved() { return recording.unsaved; },
      leaving: "leave",
      start(player) {
        if (isSilent(au)) {
          player.video.muted = true;
          player.state.setCaptions(true);
        }
        start(player);
      },
      save,
      close,
      async leave(snapshot) {
        await save(snapshot);
        await close(snapshot);
        goBack(back, "left");
      },
    };
  };

  // `terminated` is said and nothing may follow it: this browser keeps what is done, for the next launch.
  const ended = async (au, { auth, back }) => {
    au.setAuth(auth);
    const learner = learnerOf(au);
    const copy = capsule.local(learner);
    const save = (snapshot) => copy.write(snapshot, true);
    return {
      name: "cmi5-ended",
      here: true,
      learner,
      saved: await lrsOf(au).read() ?? {},
      room: 2000,
      kept: "kept_lms",
      recorded: "ended",
      notice: "ended",
      save,
      close: save,
      leaving: "leave",
      start: ({ announce }) => announce(capsule.say("ended")), // a reloaded page may hide the notice
      leave(snapshot) {
        save(snapshot);
        goBack(back, "ended");
      },
    };
  };

  capsule.adapters.push(async () => {
    if (!isLaunch()) return null;
    try {
      const au = new Cmi5(location.href);
      const memory = tab(au);
      const kept = memory.read();
      return kept?.ended ? await ended(au, kept) : await open(au, memory, kept);
    } catch {
      return null; // a launch link serves once, in one tab
    }
  });
})();
