// What a learner has done, as plain data: { position, watched, answers, captions, message, completed,
// progress }, where `progress` (0 to 1) is the share of the rule that is done. An answer is { text,
// discussed, written, settled }: `written` stays true where the text itself may not go, and `settled`
// is false while it is being typed.
"use strict";

capsule.snapshots = {
  // What two sittings did, `later` having the last word.
  joined(earlier, later) {
    const before = earlier ?? {};
    const now = later ?? {};
    const answers = { ...before.answers };
    for (const [id, answer] of Object.entries(now.answers ?? {})) {
      const both = [answer, answers[id]];
      answers[id] = {
        text: both.map((one) => one?.text).find(Boolean) ?? "",
        discussed: both.some((one) => one?.discussed === true),
        written: both.some((one) => one?.written === true),
      };
    }
    return {
      ...before,
      ...now,
      watched: [before, now].flatMap(({ watched }) => (Array.isArray(watched) ? watched : [])),
      answers,
      message: before.message === true || now.message === true,
      completed: before.completed === true || now.completed === true,
    };
  },

  // The same with blanks for texts: for all, or for those that an LMS has in its own `answers`.
  withoutTexts: (snapshot, answers = snapshot.answers) => ({
    ...snapshot,
    answers: Object.fromEntries(
      Object.entries(snapshot.answers).map(([id, answer]) =>
        [id, answers[id]?.text === answer.text ? { ...answer, text: "" } : answer]),
    ),
  }),
};
