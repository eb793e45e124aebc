// Statements on their way to the LRS, in order, kept by this browser until the LRS has them.
"use strict";

// `scope` tells learners, registrations and sessions apart; `send` is that of `capsule.lrs`. `taken`
// is told of each entry that the LRS has, `refused` that it will not have one.
capsule.queue = (scope, send, { taken, refused }) => {
  const BATCH = 50; // statements
  const ROOM = 32 * 1024; // bytes a request: of the 64 KiB that may outlive the page, the rest is for State
  const MOST = 500; // statements of passing interest, such as a pause, that wait
  const mark = `capsule:queue:${scope}:`;
  const bytes = (text) => new TextEncoder().encode(text).length;

  // One item a statement, so that two windows never write over each other. Where storage is blocked, what
  // waits lasts as long as the page.
  let waiting = capsule.memory.keys(mark).map((key) => ({ ...capsule.memory(key).read(), key }));
  let flying = []; // sent, not answered yet
  let added = 0;
  let denied = false;
  let sifting = false; // something that waits makes the LRS refuse what comes with it

  const drop = (entry) => {
    waiting = waiting.filter((one) => one !== entry);
    capsule.memory(entry.key).erase();
  };
  const arrived = (entry) => {
    drop(entry);
    taken(entry);
  };
  const setAside = (entry) => { // not kept: a shared computer has no use for it, and nobody would look
    drop(entry);
    refused(entry);
  };

  const isLater = (status) => status === 0 || status === 408 || status === 429 || status >= 500;

  // The first that fit in a request. One that must be there before any other goes by itself.
  const batch = (entries, room = ROOM) => {
    const chosen = [];
    let size = 2;
    for (const entry of entries) {
      size += bytes(entry.body) + 1;
      if (chosen.length && (size > room || entry.alone || chosen[0].alone || chosen.length === BATCH)) break;
      chosen.push(entry);
    }
    return chosen;
  };

  const offer = async (entries) => {
    flying = entries;
    const status = await send(entries);
    flying = [];
    return status;
  };

  // A batch was refused for the sake of one: each by itself, so that the others are not held back.
  // Some LMSs answer 401 or 403 to a statement; when they do so to all, it is the access that is over.
  const sift = async () => {
    sifting = true;
    const clean = await siftAll();
    sifting = false;
    return clean;
  };
  const siftAll = async () => {
    const unwanted = [];
    let any = false;
    for (const entry of [...waiting]) {
      const status = await offer([entry]);
      if (isLater(status)) return false;
      entry.refused = !capsule.lrs.took(status) && status !== 409; // 409: the LRS has it already
      if (entry.refused) unwanted.push([entry, status]);
      else arrived(entry);
      any ||= !entry.refused;
    }
    const over = ([, status]) => !any && (status === 401 || status === 403);
    denied = unwanted.some(over);
    for (const one of unwanted) if (!over(one)) setAside(one[0]);
    return !denied;
  };

  return {
    // The access is over: nothing more can be sent in this session.
    get denied() { return denied; },
    get waiting() { return waiting; },

    // Freezes a statement. `alone`: it must be there before any other; `passing`: it may be given up.
    add(statement, { alone = false, passing = false, fact = null } = {}) {
      if (waiting.some(({ id }) => id === statement.id)) return;
      if (passing && waiting.filter((one) => one.passing).length >= MOST) return;
      added += 1;
      const order = [Date.now(), added].map((n) => String(n).padStart(15, "0")).join("-");
      const entry = { id: statement.id, body: JSON.stringify(statement), alone, passing, fact };
      const key = `${mark}${order}`;
      capsule.memory(key).write(entry);
      waiting.push({ ...entry, key });
    },

    // Sends what waits; true when nothing does any more.
    async flush() {
      while (waiting.length) {
        const entries = batch(waiting);
        const status = await offer(entries);
        if (capsule.lrs.took(status) || (status === 409 && entries.length === 1)) entries.forEach(arrived);
        else if (isLater(status)) return false;
        else return sift();
      }
      denied = false;
      return true;
    },

    // Sends what fits in one request that outlives the page, its last entry above all.
    async leave() {
      const ready = waiting.filter((entry) => !flying.includes(entry) && !entry.refused);
      if (!ready.length) return;
      const last = ready.at(-1);
      const room = ROOM - bytes(last.body);
      const lasting = batch(ready.slice(0, -1).filter((entry) => !entry.passing), room);
      const fits = batch(ready.slice(0, -1), room);
      const before = fits.length < ready.length - 1 ? lasting : fits;
      const entries = sifting ? [last] : [...before, last];
      if (capsule.lrs.took(await send(entries, true))) entries.forEach(arrived);
    },
  };
};

// Throws away what waits in other scopes that start like `start`.
capsule.queue.clearOthers = (start, scope) => {
  const others = capsule.memory.keys(`capsule:queue:${start}`).filter((key) => !key.startsWith(`capsule:queue:${scope}:`));
  for (const key of others) capsule.memory(key).erase();
};
