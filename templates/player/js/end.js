// Where the learner stands: what is done, what is missing, what is recorded and where.
"use strict";

capsule.end = ({ data, state, session, announce }) => {
  const { say } = capsule;
  const at = (id) => document.getElementById(id);
  const need = (item, done, text) => {
    if (!item) return;
    item.classList.toggle("done", done);
    item.textContent = `${say(done ? "done" : "missing")}${text}`;
  };

  const draw = () => {
    need(at("need-film"), state.filmDone, say("film", { percent: state.percent, least: Math.round(100 * data.rule.share) }));
    need(at("need-message"), state.messageDone, say("message"));
    need(at("need-questions"), state.questionsDone, say("questions", { n: state.answered, total: data.questions.length }));
    at("standing").textContent = say(state.completed ? "completed" : "incomplete");
    at("standing").classList.toggle("done", state.completed);
  };
  draw();
  state.addEventListener("change", draw);
  state.addEventListener("completed", () => announce(say("completed")));

  at("recorded").textContent = say(session.recorded);
  if (session.leave) {
    at("leave").textContent = say(session.leaving);
    at("leave").hidden = false;
    at("leave").addEventListener("click", () => session.leave(state.snapshot));
  }
};
