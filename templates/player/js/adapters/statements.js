// xAPI 1.0.3 statements on the capsule and on what is in it, of its own profile and of the video profile.
"use strict";

// `actor`: as the launch names them; `activity`: the IRI under which the capsule is followed;
// `context`: what the launch wants in each statement.
capsule.statements = ({ actor, activity, context }) => {
  const { xapi, language, rule } = capsule.data;
  const sitting = uuidv4(); // what the video profile calls a session
  const video = (name) => `${xapi.video}/extensions/${name}`;
  const who = [actor.account?.homePage, actor.account?.name, actor.mbox, actor.mbox_sha1sum, actor.openid];

  const described = ({ id, type, name }, more) => ({
    objectType: "Activity",
    id,
    definition: { type, name: { [language]: name }, ...more },
  });

  const within = ({ category, parent, extensions }) => {
    const activities = { ...context.contextActivities };
    activities.category = [...(activities.category ?? []), { objectType: "Activity", id: category }];
    if (parent) activities.parent = [...(activities.parent ?? []), { objectType: "Activity", id: activity }];
    if (!parent && activity !== xapi.capsule.id) { // the LMS has a name of its own for it
      activities.grouping = [...(activities.grouping ?? []), { objectType: "Activity", id: xapi.capsule.id }];
    }
    return {
      language,
      ...context,
      contextActivities: activities,
      ...((extensions || context.extensions) && { extensions: { ...context.extensions, ...extensions } }),
    };
  };

  const make = (verb, object, { id = uuidv4(), result, ...where }) => ({
    id,
    actor,
    verb: xapi.verbs[verb],
    object,
    ...(result && { result }),
    context: within(where),
    timestamp: new Date().toISOString(),
  });

  const ofCapsule = (verb, more) =>
    make(verb, { ...described(xapi.capsule), id: activity }, { category: xapi.profile, parent: false, ...more });
  const ofPart = (verb, part, more, definition) =>
    make(verb, described(part, definition), { category: xapi.profile, parent: true, ...more });

  return {
    // The same for the same learner, registration, verb, activity and `words`: what is told twice is one.
    id: (verb, object, ...words) =>
      uuidv5([...who, context.registration, xapi.verbs[verb].id, object, ...words].map((part) => String(part ?? "")).join("\x1f"), xapi.namespace),

    ofCapsule,

    message: (more) => ofPart("experienced", xapi.message, more),
    answered: (question, response, more) =>
      ofPart("answered", xapi.questions[question], { ...more, ...(response && { result: { response } }) }, { interactionType: "long-fill-in" }),
    discussed: (question, more) =>
      ofPart("discussed", xapi.questions[question], more, { interactionType: "long-fill-in" }),

    // Of the video profile: `at`, as `watching.js` gives it.
    film: (verb, at, { result, ...more } = {}) => ofPart(verb, xapi.film, {
      category: xapi.video,
      extensions: {
        [video("session-id")]: sitting,
        [video("length")]: at.length,
        [video("completion-threshold")]: rule.share,
      },
      ...(result !== null && { result: { ...result, extensions: at.extensions(video) } }),
      ...more,
    }),
  };
};

// Milliseconds as ISO 8601, with the two decimals that any LMS takes.
capsule.timespan = (milliseconds) => `PT${Math.round(milliseconds / 10) / 100}S`;
