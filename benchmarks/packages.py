"""The starter's SCORM 1.2 package beside those of LiaScript, CourseCode, simple-scorm-packager.

    python benchmarks/packages.py --liascript DIR --coursecode DIR [--runs 3]

DIR are clones of LiaScript-Exporter and coursecode, after `npm install` in each; one that is not
given is left out. LiaScript's needs the network, for schema.org. simple-scorm-packager comes by
npm with the tests; it makes no page, and is given ours. All have the same film, made beforehand,
the same texts and questions. Prints a Markdown table: what each package costs and holds, what
`capsule check` finds in it, and what scorm-again records when it is opened and closed at once.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import zipfile
from pathlib import Path

from costs import PROGRAM, Cost, Tool, least, measured, twice
from scorm import courses, launched

from capsule.lms import audit
from capsule.project import Project, open_project

HERE = Path(__file__).parent
WORK = HERE.parent / ".cache" / "benchmarks"
RUN = WORK / "run-packages"
CACHE = {"CAPSULE_CACHE": str(RUN / "cache")}


def main() -> None:
    """Measure, and print the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--runs", type=int, default=3, help="of which the least counts")
    options.add_argument("--liascript", type=Path)
    options.add_argument("--coursecode", type=Path)
    given = options.parse_args()
    shutil.rmtree(RUN, ignore_errors=True)
    project = _starter()
    dist = project.source.folder / "dist"
    film = dist / f"{project.plan.capsule.capsule}.mp4"
    tools = {"capsule": _ours(project), "simple-scorm-packager": _bare(project, dist)}
    if given.liascript:
        tools["LiaScript"] = _liascript(project, film, given.liascript.resolve())
    if given.coursecode:
        tools["CourseCode"] = _coursecode(project, film, given.coursecode.resolve())
    _print(tools, least(tools, given.runs))


def _starter() -> Project:
    """The capsule that the tool ships, its film and page made."""
    folder = RUN / "starter"
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([PROGRAM, "new", "tous-concernes", folder], check=True, capture_output=True)
    measured([PROGRAM, "build", folder, "--only", "film,web"], CACHE)
    return open_project(folder)


def _ours(project: Project) -> Tool:
    package = f"{project.plan.capsule.capsule}-scorm12.zip"
    folder = project.source.folder
    command = (PROGRAM, "build", folder, "--only", "scorm12")
    return Tool(command, folder / "dist" / package, CACHE)


def _bare(project: Project, dist: Path) -> Tool:
    page, out = RUN / "page", RUN / "bare"
    with zipfile.ZipFile(dist / f"{project.plan.capsule.capsule}-web.zip") as archive:
        archive.extractall(page)
    title = project.plan.capsule.title
    script = HERE / "scorm" / "bare.cjs"
    return Tool(["node", script, launched.NODE, title, page, out], out / "package.zip")


def _liascript(project: Project, film: Path, clone: Path) -> Tool:
    course, package = RUN / "liascript", RUN / "liascript.zip"
    courses.for_liascript(project.plan, film, course)
    script, source = clone / "dist" / "index.js", course / "README.md"
    options = ("-p", course, "-f", "scorm1.2", "--scorm-embed", "-o", package.with_suffix(""))
    return Tool(["node", script, "-i", source, *options], package)


def _coursecode(project: Project, film: Path, clone: Path) -> Tool:
    folder = RUN / "coursecode"
    command: list[str | Path] = ["node", clone / "bin" / "cli.js"]
    new = [*command, "create", "--blank", "--no-install", folder.name]
    subprocess.run(new, cwd=RUN, check=True, capture_output=True)
    courses.for_coursecode(project.plan, film, folder, clone)
    install = ["npm", "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(install, cwd=folder, check=True)
    build = [*command, "build", "--no-lint", "-f", "scorm1.2"]
    package = folder / f"{folder.name}_v1.0.0_scorm1.2.zip"
    return Tool(["env", "-C", folder, *build], package)


def _print(tools: dict[str, Tool], costs: dict[str, Cost]) -> None:
    print(f"| | {' | '.join(tools)} |\n|---|{'---|' * len(tools)}")
    shown = {
        "wall s": [f"{costs[name].wall:.1f}" for name in tools],
        "CPU s": [f"{costs[name].cpu:.1f}" for name in tools],
        "MB beside the film": [f"{_size(tool):.2f}" for tool in tools.values()],
        "files": [str(_count(tool)) for tool in tools.values()],
        "same bytes twice": ["yes" if twice(tool) else "no" for tool in tools.values()],
        "`capsule check` finds": [_found(tool) for tool in tools.values()],
        "opened and closed at once": [launched.at_once(tool.made) for tool in tools.values()],
    }
    for field, values in shown.items():
        print(f"| {field} | {' | '.join(values)} |")


def _size(tool: Tool) -> float:
    with zipfile.ZipFile(tool.made) as archive:
        held = [info.compress_size for info in archive.infolist() if info.filename[-4:] != ".mp4"]
    return sum(held) / 1e6


def _count(tool: Tool) -> int:
    with zipfile.ZipFile(tool.made) as archive:
        return sum(not name.endswith("/") for name in archive.namelist())


def _found(tool: Tool) -> str:
    report = audit.inspect(tool.made)
    rules = sorted({finding.rule for finding in report.faults})
    return f"{len(report.faults)} faults ({', '.join(rules)})" if rules else "nothing"


if __name__ == "__main__":
    main()
