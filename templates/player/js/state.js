// What the learner has done, and the one place that decides whether the capsule is completed.
"use strict";

(() => {
  const { merge, within } = capsule.ranges;
  const isRange = (range) =>
    Array.isArray(range) && range.length === 2 && range.every(Number.isFinite) && range[0] < range[1];

  // Of the page's data: `duration`, in seconds; `questions`, all their ids; `rule`, which wants
  // `seconds` of the film played, its `questions` answered or discussed, and the message seen: on
  // the page, or as much of its `message` (from second to second of the film) as of the film.
  // Events: "change" at each change, "step" when it should be saved at once, "completed" once,
  // "forgotten" when the texts of the answers are erased.
  class State extends EventTarget {
    #duration;
    #rule;
    #questions;
    #position = 0;
    #watched = [];
    #answers = {};
    #captions = true;
    #message = false;
    #completed = false;

    constructor({ duration, rule, questions }, saved) {
      super();
      this.#duration = duration;
      this.#rule = rule;
      this.#questions = questions;
      this.#restore(saved ?? {});
    }

    // What was saved may come from another version of the capsule: keep what still has a meaning.
    #restore({ position, watched, answers, captions, message, completed }) {
      const duration = this.#duration;
      if (position > 0 && position < duration) this.#position = position;
      if (Array.isArray(watched)) {
        this.#watched = merge(watched.filter((r) => isRange(r) && r[0] >= 0 && r[1] <= duration + 1));
      }
      for (const id of this.#questions) {
        const { text, discussed, written } = answers?.[id] ?? {};
        const kept = typeof text === "string" ? text : "";
        this.#answers[id] = {
          text: kept,
          discussed: discussed === true,
          written: written === true || kept.trim() !== "",
          settled: true,
        };
      }
      this.#captions = captions !== false;
      this.#message = message === true;
      this.#completed = completed === true;
    }

    get position() { return this.#position; }
    get captions() { return this.#captions; }
    get completed() { return this.#completed; }
    get seconds() { return within(this.#watched, 0, this.#duration); }
    get percent() { return Math.floor((100 * this.seconds) / this.#duration); }
    get answered() { return this.#questions.filter((id) => this.isAnswered(id)).length; }

    // The share of the film between two seconds that was played, 0 to 1.
    seen(from, to) { return within(this.#watched, from, to) / (to - from); }

    answer(id) { return this.#answers[id]; }
    isAnswered(id) { return this.#answers[id].discussed || this.#answers[id].written; }
    get filmDone() { return this.seconds >= this.#rule.seconds; }
    get messageSeen() {
      return this.#message || (this.#rule.message !== null && this.seen(...this.#rule.message) >= this.#rule.share);
    }
    get messageDone() { return this.#rule.message === null || this.messageSeen; }
    // How much of the rule is done, 0 to 1.
    get progress() {
      if (this.#completed) return 1;
      const { seconds, message, questions } = this.#rule;
      const shares = [
        ...(seconds ? [Math.min(1, this.seconds / seconds)] : []),
        ...(message ? [this.messageSeen ? 1 : 0] : []),
        ...(questions.length ? [questions.filter((id) => this.isAnswered(id)).length / questions.length] : []),
      ];
      return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
    }

    get questionsDone() { return this.#rule.questions.every((id) => this.isAnswered(id)); }

    watch(ranges, position) {
      this.#watched = merge([...this.#watched, ...ranges]);
      this.#position = position;
      this.#changed(false);
    }

    setAnswer(id, answer) {
      const before = this.isAnswered(id);
      this.#answers[id] = { ...this.#answers[id], ...answer };
      if ("text" in answer) {
        this.#answers[id].written = answer.text.trim() !== "";
        this.#answers[id].settled = false;
      }
      this.#changed(before !== this.isAnswered(id));
    }

    // The answers stay given; what they said is gone.
    forgetTexts() {
      for (const answer of Object.values(this.#answers)) answer.text = "";
      this.dispatchEvent(new Event("forgotten"));
      this.#changed(true);
    }

    // The learner has left the text as it is.
    settle(id) {
      this.#answers[id].settled = true;
      this.#changed(true);
    }

    setCaptions(shown) {
      this.#captions = shown;
      this.#changed(true);
    }

    seeMessage() {
      if (this.#message) return;
      this.#message = true;
      this.#changed(true);
    }

    step() { this.#changed(true); }

    get snapshot() {
      return {
        position: Math.round(this.#position * 10) / 10,
        watched: this.#watched,
        answers: structuredClone(this.#answers),
        captions: this.#captions,
        message: this.messageSeen,
        completed: this.#completed,
        progress: this.progress,
      };
    }

    #changed(step) {
      const first = !this.#completed && this.filmDone && this.messageDone && this.questionsDone;
      this.#completed ||= first;
      this.dispatchEvent(new Event("change"));
      if (first) this.dispatchEvent(new Event("completed"));
      if (step || first) this.dispatchEvent(new Event("step"));
    }
  }

  capsule.State = State;
})();
