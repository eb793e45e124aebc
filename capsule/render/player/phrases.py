"""What the player's scripts say, in the capsule's language."""

from __future__ import annotations

from gettext import NullTranslations

from capsule.plan import Plan
from capsule.resources import N_

_ANSWERS_TOLD = N_(
    "Your learning platform receives: whether you have completed the capsule, the time "
    "spent, what you have seen of the film, and your answers."
)
_ANSWERS_KEPT = N_(
    "Your learning platform receives: whether you have completed the capsule, the time "
    "spent, what you have seen of the film, and which questions you have answered, but "
    "nothing of what you write."
)
_POINTS_TOLD = N_("Completed, the capsule gives 100 points of 100.")
_PHRASES = {
    "waiting": N_(
        "Your learning platform is being asked what you did here before. You can watch the film "
        "meanwhile, and write once it has answered."
    ),
    "open": N_("You can write your answers now."),
    "resumed": N_("The film starts again at %(time)s."),
    "fault": N_("The film cannot be played here. The transcript below says the same."),
    "seen": N_("%(percent)d %% seen"),
    "progress": N_("Seen: %(seen)s of %(all)s. %(least)s are needed."),
    "progress_done": N_("Seen: %(seen)s of %(all)s. That is enough."),
    "room": N_("%(n)d more characters can be kept."),
    "elsewhere": N_("You have answered. The browser that you wrote in, if any, keeps your text."),
    "done": N_("Done: "),
    "missing": N_("To do: "),
    "film": N_("film, %(percent)d %% seen (%(least)d %% needed)"),
    "message": N_("message, read on this page or heard in the film"),
    "questions": N_("questions, %(n)d of %(total)d answered or talked about"),
    "completed": N_("Completed. You have followed the whole capsule, and may close this page."),
    "incomplete": N_("In progress. You can stop and come back later."),
    "saved": N_("Saved at %(time)s."),
    "unsaved": N_(
        "The connection is lost. This browser keeps your work, and will send it when it is back."
    ),
    "refused": N_(
        "Your learning platform refused part of what is recorded about you. Your work itself "
        "is kept."
    ),
    "ended": N_(
        "Your learning platform no longer records what you do here. This browser keeps it: "
        "open the capsule again from the platform to have it recorded."
    ),
    "caught_up": N_("The connection is back: everything is saved."),
    "kept_here": N_("Your answers stay in this browser. Nobody else reads them."),
    "kept_lms": N_("Your answers are kept with your progress on your learning platform."),
    "kept_private": N_(
        "What you write stays in this browser. Your learning platform only knows that you have"
        " answered."
    ),
    "kept_nowhere": N_("The capsule is open for review: nothing is kept."),
    "recorded_here": N_("Nothing is sent. This browser remembers what you have seen and answered."),
    "recorded_lms": _ANSWERS_TOLD,
    "recorded_nowhere": N_("Nothing: the capsule is open for review."),
    "unread": N_(
        "What you did here before could not be read from your learning platform. What you do "
        "now will be added to it as soon as the platform answers."
    ),
    "outside": N_(
        "Opened outside your learning platform, which will know nothing of it. "
        "To have it recorded, open the capsule from the platform."
    ),
    "forget_sure": N_("Erase your answers and what you have seen from this browser?"),
    "leave": N_("Leave the capsule"),
    "left": N_("Everything is saved. You can close this window."),
}


def phrases(plan: Plan, words: NullTranslations) -> dict[str, str]:
    """What the scripts say, by key; %(name)s is filled in by `words.js`."""
    said = {key: words.gettext(msgid) for key, msgid in _PHRASES.items()}
    if not plan.capsule.tracking.answers:
        said["recorded_lms"] = words.gettext(_ANSWERS_KEPT)
    if plan.capsule.completion.score:
        said["recorded_lms"] += f" {words.gettext(_POINTS_TOLD)}"
    return said
