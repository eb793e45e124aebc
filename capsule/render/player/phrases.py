"""What the player's scripts say, in the capsule's language."""

from __future__ import annotations

from collections.abc import Callable
from gettext import NullTranslations

from capsule.plan import Plan


def phrases(plan: Plan, words: NullTranslations) -> dict[str, str]:
    """What the scripts say; %(name)s is filled in by `words.js`."""
    _ = words.gettext
    return {
        "resumed": _("The film starts again at %(time)s"),
        "fault": _("The film cannot be played here. The transcript below says the same."),
        "seen": _("%(percent)d %% seen"),
        "progress": _("Seen: %(seen)s of %(all)s. %(least)s are needed."),
        "progress_done": _("Seen: %(seen)s of %(all)s. That is enough."),
        "room": _("%(n)d more characters can be kept."),
        "elsewhere": _(
            "You have answered. The browser that you wrote in, if any, keeps your text."
        ),
        "done": _("Done: "),
        "missing": _("To do: "),
        "film": _("film, %(percent)d %% seen (%(least)d %% needed)"),
        "message": _("message, read on this page or heard in the film"),
        "questions": _("questions, %(n)d of %(total)d answered or talked about"),
        "completed": _("Completed. You have followed the whole capsule, and may close this page."),
        "incomplete": _("In progress. You can stop and come back later."),
        "saved": _("Saved at %(time)s."),
        "unsaved": _(
            "The connection is lost. This browser keeps your work, and will send it when it is"
            " back."
        ),
        "refused": _(
            "Your learning platform refused part of what is recorded about you. Your work itself "
            "is kept."
        ),
        "ended": _(
            "Your learning platform no longer records what you do here. This browser keeps it: "
            "open the capsule again from the platform to have it recorded."
        ),
        "caught_up": _("The connection is back: everything is saved."),
        "kept_here": _("Your answers stay in this browser. Nobody else reads them."),
        "kept_lms": _("Your answers are kept with your progress on your learning platform."),
        "kept_private": _(
            "What you write stays in this browser. Your learning platform only knows that you have"
            " answered."
        ),
        "kept_nowhere": _("The capsule is open for review: nothing is kept."),
        "recorded_here": _(
            "Nothing is sent. This browser remembers what you have seen and answered."
        ),
        "recorded_lms": _received(plan, _),
        "recorded_nowhere": _("Nothing: the capsule is open for review."),
        "unread": _(
            "What you did here before could not be read from your learning platform. What you do "
            "now will be added to it as soon as the platform answers."
        ),
        "outside": _(
            "Opened outside your learning platform, which will know nothing of it. "
            "To have it recorded, open the capsule from the platform."
        ),
        "forget_sure": _("Erase your answers and what you have seen from this browser?"),
        "leave": _("Leave the capsule"),
        "left": _("Everything is saved. You can close this window."),
    }


def _received(plan: Plan, _: Callable[[str], str]) -> str:
    """What a learning platform gets to know."""
    if plan.capsule.tracking.answers:
        told = _(
            "Your learning platform receives: whether you have completed the capsule, the time "
            "spent, what you have seen of the film, and your answers."
        )
    else:
        told = _(
            "Your learning platform receives: whether you have completed the capsule, the time "
            "spent, what you have seen of the film, and which questions you have answered, but "
            "nothing of what you write."
        )
    if not plan.capsule.completion.score:
        return told
    return f"{told} {_('Completed, the capsule gives 100 points of 100.')}"
