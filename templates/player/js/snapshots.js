// What a learner has done, as plain data: { position, watched, answers, captions, message, completed }.
// An answer is { text, discussed, written }: `written` stays true where the text itself may not go.
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

  // What an LMS may have of it when answers are the learner's own.
  withoutTexts: (snapshot) => ({
    ...snapshot,
    answers: Object.fromEntries(
      Object.entries(snapshot.answers).map(([id, answer]) => [id, { ...answer, text: "" }]),
    ),
  }),
};
