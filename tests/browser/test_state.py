"""What decides completion (ranges.js, state.js) and carries it between sittings (snapshots.js)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from capsule import resources

Run = Callable[[str], Any]

# A minute of which 48 s count, its message from 20 to 30 s, two questions.
DATA = """const rule = { share: 0.8, seconds: 48, message: [20, 30], questions: ["q1", "q2"] };
const data = { duration: 60, questions: ["q1", "q2"], rule };
const start = (saved, wanted = {}) => {
  const state = new capsule.State({ ...data, rule: { ...rule, ...wanted } }, saved);
  state.told = [];
  const tell = ({ type }) => state.told.push(type);
  for (const name of ["step", "completed"]) state.addEventListener(name, tell);
  return state;
};
const { merge, within } = capsule.ranges;
const { joined, withoutTexts } = capsule.snapshots;
"""


@pytest.fixture(scope="module")
def run(browser: Browser) -> Iterator[Run]:
    """Runs lines of JavaScript after the scripts, and gives what they return."""
    page = browser.new_page()
    folder = resources.templates() / "player" / "js"
    names = ("ranges", "snapshots", "state")
    scripts = "\n".join((folder / f"{name}.js").read_text(encoding="utf-8") for name in names)
    page.evaluate(f"globalThis.capsule = {{}};\n{scripts}")
    yield lambda lines: page.evaluate(f"() => {{ {DATA} {lines} }}")
    page.close()


@pytest.mark.parametrize(
    ("ranges", "merged"),
    [
        ("[]", []),
        ("[[5, 6], [0, 2]]", [[0, 2], [5, 6]]),
        ("[[0, 2], [1, 5]]", [[0, 5]]),
        ("[[0, 5], [1, 2]]", [[0, 5]]),
        ("[[0, 2], [2.4, 3]]", [[0, 3]]),
        ("[[0, 2], [2.6, 3]]", [[0, 2], [2.6, 3]]),
        ("[[0.04, 1.96]]", [[0, 2]]),
        ("[[3, 3]]", []),
    ],
)
def test_stretches_are_sorted_apart_and_rounded(run: Run, ranges: str, merged: list[Any]) -> None:
    assert run(f"return merge({ranges})") == merged


def test_of_too_many_stretches_the_shortest_go(run: Run) -> None:
    many = "Array.from({ length: 120 }, (_, i) => [10 * i, 10 * i + 1 + i / 100])"
    kept = run(f"return merge({many})")
    assert len(kept) == 100
    assert kept[0][0] == 200


def test_seconds_are_counted_once_within_bounds(run: Run) -> None:
    assert run("return within([[0, 10], [20, 30]], 5, 25)") == 10
    assert (
        run("const s = start(); s.watch([[0, 10]], 3); s.watch([[5, 10]], 4); return s.seconds")
        == 10
    )


def test_it_takes_all_that_the_rule_wants(run: Run) -> None:
    found = run(
        """const state = start(); const stood = [[state.completed, state.progress]];
        const note = () => stood.push([state.completed, Math.round(100 * state.progress) / 100]);
        state.watch([[0, 20], [30, 57.9]], 57.9); note();
        state.watch([[57.9, 58]], 58); note();
        state.setAnswer("q1", { text: "Oui" }); note();
        state.setAnswer("q2", { discussed: true }); note();
        state.seeMessage(); note();
        return [stood, state.told];"""
    )
    assert found == [
        [[False, 0], [False, 0.33], [False, 0.33], [False, 0.5], [False, 0.67], [True, 1]],
        ["step", "step", "completed", "step"],
    ]


def test_the_message_counts_when_it_is_heard(run: Run) -> None:
    state = "const state = start({}, { questions: [] });"
    assert run(f"{state} state.watch([[0, 48]], 48); return state.completed") is True
    skipped = "state.watch([[0, 20], [30, 60]], 60);"
    assert run(f"{state} {skipped} return [state.filmDone, state.completed]") == [True, False]


def test_a_rule_may_leave_things_free(run: Run) -> None:
    free = "start({}, { message: null, questions: [] })"
    assert run(f"const s = {free}; s.watch([[0, 20], [30, 58]], 58); return s.completed") is True


def test_completed_once_it_stays(run: Run) -> None:
    found = run(
        """const state = start({ completed: true });
        state.setAnswer("q1", { text: "Oui" }); state.setAnswer("q1", { text: " " });
        return [state.completed, state.progress, state.answered, state.told];"""
    )
    assert found == [True, 1, 0, ["step", "step"]]


def test_a_text_settles_when_it_is_left(run: Run) -> None:
    found = run(
        """const state = start({ answers: { q1: { text: "Oui" } } });
        const settled = () => Object.values(state.snapshot.answers).map((answer) => answer.settled);
        const at = [settled()];
        state.setAnswer("q1", { text: "Oui," }); at.push(settled(), [...state.told]);
        state.settle("q1"); at.push(settled(), [...state.told]);
        return at;"""
    )
    assert found == [[True, True], [False, True], [], [True, True], ["step"]]


def test_a_snapshot_is_what_a_state_starts_from(run: Run) -> None:
    found = run(
        """const state = start(); state.watch([[0, 12.34]], 12.34);
        state.setAnswer("q1", { text: "Oui" }); state.setCaptions(false); state.seeMessage();
        const before = state.snapshot; state.setAnswer("q1", { text: "Non" });
        return [before, start(before).snapshot];"""
    )
    before, after = found
    assert before["answers"]["q1"]["text"] == "Oui"  # a later change leaves it alone
    before["answers"]["q1"]["settled"] = True
    assert after == before
    assert before["position"] == 12.3


def test_two_sittings_are_joined(run: Run) -> None:
    found = run(
        """const one = start(); one.watch([[0, 10]], 10); one.setAnswer("q1", { text: "Oui" });
        const two = start(); two.watch([[10, 30]], 30); two.setAnswer("q2", { discussed: true });
        const both = start(joined(one.snapshot, two.snapshot));
        return [both.seconds, both.position, both.answer("q1").text, both.answered];"""
    )
    assert found == [30, 30, "Oui", 2]
    last = "joined({ answers: { q1: { text: 'Oui' } } }, { answers: { q1: { text: 'Non' } } })"
    assert run(f"return {last}.answers.q1.text") == "Non"
    assert run("return start(joined(null, undefined)).snapshot.watched") == []
    assert run("return joined({ completed: true }, { completed: false }).completed") is True


def test_texts_stay_behind(run: Run) -> None:
    found = run(
        """const state = start();
        state.setAnswer("q1", { text: "Oui" }); state.setAnswer("q2", { text: "Non" });
        const texts = (snapshot) => Object.values(snapshot.answers).map((answer) => answer.text);
        const known = { q1: { text: "Oui" }, q2: { text: "" } };
        const blank = start(withoutTexts(state.snapshot));
        const rest = texts(withoutTexts(state.snapshot, known));
        return [texts(blank.snapshot), blank.answered, rest];"""
    )
    assert found == [["", ""], 2, ["", "Non"]]
