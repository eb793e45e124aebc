"""The starter's deck beside Marp's, Pandoc's and plain python-pptx's; all in one run.

    python benchmarks/deck.py [--runs 3]

All are given the same texts, notes, QR code and film, made beforehand. Prints Markdown tables:
what each costs, and what its file holds of what it was given, read from the file. Marp comes by
npm, Pandoc by pip, once; Marp needs a Chromium, and for its editable decks LibreOffice.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import segno
import slides
import survival
from costs import PROGRAM, Cost, Tool, least, measured, twice
from pptx import Presentation

from capsule import layout
from capsule.project import Project, open_project
from capsule.render import deck
from capsule.typography import plain

HERE = Path(__file__).parent
WORK = HERE.parent / ".cache" / "benchmarks"
RUN = WORK / "run-deck"
CACHE = {"CAPSULE_CACHE": str(RUN / "cache")}
MARP = "@marp-team/marp-cli@4.5.1"
PANDOC = "pypandoc_binary==1.17"
SHOWN = {
    "titles": "slides with a title of their own",
    "editable": "texts that can be edited whole",
    "film": "film plays",
    "poster": "the film has a poster",
    "captions": "the film has captions",
    "notes": "notes",
    "described": "film and QR code described",
    "language": "text marked as French",
    "countdowns": "countdowns",
    "sections": "sections",
    "faults": "faults that openxml-audit finds",
}


def main() -> None:
    """Measure, and print the tables."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--runs", type=int, default=3, help="of which the least counts")
    runs = options.parse_args().runs
    shutil.rmtree(RUN, ignore_errors=True)
    project = _starter()
    told = slides.of(project.plan.capsule)
    given = _given(project, told)
    tools = _tools(project, given)
    _print_costs(least(tools, runs), {name: tool.made for name, tool in tools.items()})
    _print_writing(project, given, runs)
    _print_survivors(tools, told)


def _starter() -> Project:
    """The capsule that the tool ships, its film in the cache."""
    folder = RUN / "starter"
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([PROGRAM, "new", "tous-concernes", folder], check=True, capture_output=True)
    source = folder / "capsule.yaml"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("    # link:", "    link:"), encoding="utf-8")  # for a QR code
    measured([PROGRAM, "build", folder, "--only", "deck", "--media", "link"], CACHE)
    measured([PROGRAM, "build", folder, "--only", "deck"], CACHE)
    return open_project(folder)


def _given(project: Project, told: list[slides.Slide]) -> Path:
    """The folder of what the others work from."""
    folder, capsule = RUN / "given", project.plan.capsule
    folder.mkdir()
    dist = project.source.folder / "dist"
    shutil.copy(dist / f"{capsule.capsule}-opening.mp4", folder / slides.FILM)
    for slide in Presentation(str(dist / f"{capsule.capsule}.pptx")).slides:
        for shape in slide.shapes:
            if shape.shape_type == 16:  # MSO_SHAPE_TYPE.MEDIA
                (folder / slides.POSTER).write_bytes(shape.poster_frame.blob)
    if link := capsule.debrief.synthesis.link:
        segno.make(link.url).save(folder / slides.QR, scale=10)
    title = plain(capsule.title)
    (folder / "slides.json").write_text(slides.as_json(told), encoding="utf-8")
    (folder / "marp.md").write_text(slides.for_marp(told, title), encoding="utf-8")
    (folder / "pandoc.md").write_text(slides.for_pandoc(told, title), encoding="utf-8")
    return folder


def _tools(project: Project, given: Path) -> dict[str, Tool]:
    marp = [_marp(), given / "marp.md", "--html", "--allow-local-files", "--no-stdin"]
    alone = {"CHROME_NO_SANDBOX": "1"}  # as root there is no other way
    dist = project.source.folder / "dist"
    plain_, pandoc = given / "plain.pptx", given / "pandoc.pptx"
    pictures, editable = given / "marp.pptx", given / "marp-editable.pptx"
    return {
        "capsule": Tool(
            [PROGRAM, "build", project.source.folder, "--only", "deck"],
            dist / f"{project.plan.capsule.capsule}.pptx",
            CACHE,
        ),
        "python-pptx": Tool(
            [sys.executable, HERE / "deck" / "plain.py", given / "slides.json", plain_], plain_
        ),
        "Pandoc": Tool(
            [
                *(_pandoc(), given / "pandoc.md", "--resource-path", given),
                *("--slide-level=1", "-o", pandoc),
            ],
            pandoc,
        ),
        "Marp": Tool([*marp, "--pptx", "-o", pictures], pictures, alone),
        "Marp, editable": Tool(
            [*marp, "--pptx", "--pptx-editable", "-o", editable], editable, alone
        ),
    }


def _print_costs(costs: dict[str, Cost], decks: dict[str, Path]) -> None:
    ours = costs["capsule"]
    print("| | wall s | ratio | CPU s | peak MB | deck MB |\n|---|---|---|---|---|---|")
    for name, cost in costs.items():
        ratio, size = cost.wall / ours.wall, survival.size(decks[name]) / 1e6
        print(
            f"| {name} | {cost.wall:.2f} | {ratio:.2f} | {cost.cpu:.2f} | {cost.peak:.0f}"
            f" | {size:.1f} |"
        )


def _print_writing(project: Project, given: Path, runs: int) -> None:
    """What of ours is the deck itself: pages laid out, drawn, zipped."""
    film = deck.Film(given / slides.FILM, 180, (given / slides.POSTER).read_bytes(), "WEBVTT\n")
    wall, cpu = [], []
    for _n in range(runs):
        begun, used = time.perf_counter(), time.process_time()
        deck.write(
            given / "written.pptx",
            layout.deck_pages(project.plan, project.theme, project.words, project.logo),
            project.theme,
            film,
            title=plain(project.plan.capsule.title),
            author=project.plan.capsule.centre.name,
            parts=layout.part_names(project.words),
        )
        wall.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - used)
    print(f"\nOf ours, layout and writing take {min(wall):.2f} s ({min(cpu):.2f} CPU s).\n")


def _print_survivors(tools: dict[str, Tool], told: list[slides.Slide]) -> None:
    found = {name: survival.survey(tool.made, told) for name, tool in tools.items()}
    print(f"| | {' | '.join(found)} |\n|---|{'---|' * len(found)}")
    for field, shown in SHOWN.items():
        print(f"| {shown} | {' | '.join(getattr(one, field) for one in found.values())} |")
    same = [survival.YES if twice(tool) else survival.NO for tool in tools.values()]
    print(f"| the same bytes twice | {' | '.join(same)} |")


def _marp() -> Path:
    home = WORK / "marp"
    if not (home / "node_modules").is_dir():
        home.mkdir(parents=True, exist_ok=True)
        fetch = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(home)]
        subprocess.run([*fetch, MARP], check=True)
    return home / "node_modules" / ".bin" / "marp"


def _pandoc() -> Path:
    home = WORK / "pandoc"
    program = home / "pypandoc" / "files" / "pandoc"
    if not program.exists():
        home.mkdir(parents=True, exist_ok=True)
        fetch = ["pip", "download", "--quiet", "--no-deps", "--dest", str(home), PANDOC]
        subprocess.run([sys.executable, "-m", *fetch], check=True)
        with zipfile.ZipFile(next(home.glob("pypandoc_binary*.whl"))) as wheel:
            wheel.extract("pypandoc/files/pandoc", home)
        program.chmod(0o755)
    return program


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed tool is compiled
    os.environ.update(CACHE)
    main()
