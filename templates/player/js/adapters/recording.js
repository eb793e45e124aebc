// What a launch by cmi5 and one by tincan.xml have in common: what was done goes into the learner's
// document (State) and, as statements, through the queue.
"use strict";

// `lrs`, `statements`: of the launch. `scope`: of the queue. `facts`: a function of the state that
// gives [key, build, about] of what the launch has to say of the capsule itself. `closing`: a function
// that queues what ends the session.
capsule.recording = async ({ lrs, statements, scope, facts, closing }) => {
  const { data } = capsule;

  const patiently = async (ask) => {
    for (const pause of [500, 1500]) { // milliseconds
      const answer = await ask();
      if (answer) return answer;
      await new Promise((resolve) => { setTimeout(resolve, pause); });
    }
    return ask();
  };

  let earlier = await patiently(lrs.read); // null: it could not be read
  const saved = earlier ?? {};
  let player = null;
  let film = null;
  let closed = false;

  // What was said of whom, so that it is said once: key → [content, how many times]. `known` is what
  // the LRS has for sure, and goes into the document: the next session says the rest again.
  const known = { ...saved.told };
  const queue = capsule.queue(scope, lrs.send, {
    taken: ({ fact }) => { if (fact) known[fact.key] = fact.told; },
    refused() {
      player?.notify("refused");
      player?.announce(capsule.say("refused"));
    },
  });
  const told = { ...known, ...Object.fromEntries(queue.waiting.filter(({ fact }) => fact).map(({ fact }) => [fact.key, fact.told])) };

  const tell = (key, [verb, object, content], build) => {
    const [before, times] = told[key] ?? [null, 0];
    const mark = uuidv5(content, data.xapi.namespace);
    if (before === mark) return;
    told[key] = [mark, times + 1];
    queue.add(build(statements.id(verb, object, content, times)), { fact: { key, told: told[key] } });
  };

  const tellAnswer = (question, leaving) => {
    const { text, discussed, written, settled } = player.state.answer(question);
    const { id: iri } = data.xapi.questions[question];
    if (discussed) tell(`${question}:discussed`, ["discussed", iri, ""], (id) => statements.discussed(question, { id }));
    if (!written || !(settled || leaving)) return;
    const response = data.private ? "" : text.trim();
    tell(question, ["answered", iri, response], (id) => statements.answered(question, response, { id }));
  };

  // An answer that is being written is told once the learner goes on, or leaves.
  const tellAll = (leaving) => {
    const { state } = player;
    const { snapshot } = state;
    if (snapshot.message) tell("message", ["experienced", data.xapi.message.id, ""], (id) => statements.message({ id }));
    for (const question of data.questions) {
      tellAnswer(question, leaving);
    }
    if (state.filmDone) {
      const result = { completion: true, duration: capsule.timespan(1000 * state.seconds) };
      tell("film", ["completed", data.xapi.film.id, ""], (id) => statements.film("completed", film.here(), { id, result }));
    }
    if (!snapshot.completed) return;
    for (const [verb, object, build] of facts()) tell(verb, [verb, object, ""], build);
  };

  // Never over what could not be read.
  const whole = (snapshot) =>
    ({ ...(earlier === saved ? snapshot : capsule.snapshots.joined(earlier, snapshot)), told: known });
  const keep = async (snapshot, leaving) => {
    const status = await lrs.put(whole(snapshot), leaving);
    if (status !== 412) return capsule.lrs.took(status);
    earlier = await lrs.read(); // another window has written since
    return earlier !== null && capsule.lrs.took(await lrs.put(whole(snapshot), leaving));
  };

  const write = async (snapshot) => {
    try {
      if (closed) return false;
      const sent = await queue.flush();
      if (!earlier) {
        earlier = await lrs.read();
        for (const [key, value] of Object.entries(earlier?.told ?? {})) {
          known[key] ??= value;
          told[key] ??= value;
        }
      }
      return earlier !== null && (await keep(snapshot)) && sent;
    } catch {
      return false; // the network is down; the next save tries again
    }
  };
  // One at a time, so that an older state never lands on a newer one.
  let last = Promise.resolve();
  // A page that is being left sends all at once, in order: nothing sent now may arrive after that.
  let leaving = false;
  window.addEventListener("beforeunload", () => { leaving = true; });
  const unlessLeft = async () => {
    if (!leaving) return;
    await new Promise((resolve) => { setTimeout(resolve, 500); });
    leaving = false; // it was a download, say
  };

  return {
    saved,
    queue,
    unread: earlier === null,
    get unsaved() { return queue.denied ? "ended" : "unsaved"; },

    start(started) {
      player = started;
      film = capsule.watching({ ...player, statements, queue });
      tellAll(false);
      last = queue.flush();
    },

    save(snapshot) {
      if (closed) return false;
      tellAll(false);
      last = last.then(unlessLeft).then(() => write(snapshot));
      return last;
    },

    // What can still go, goes in requests that outlive the page.
    async close(snapshot) {
      if (closed) return;
      closed = true;
      film.end();
      tellAll(true);
      closing();
      const sent = [queue.leave()];
      if (earlier) sent.push(keep(snapshot, true));
      await Promise.allSettled(sent);
    },
  };
};
