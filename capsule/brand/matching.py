"""Which layout of a template each kind of slide takes: by name first, then by placeholders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from gettext import gettext as _
from itertools import chain
from typing import Literal, NamedTuple

from capsule.brand.layouts import Layout
from capsule.brand.package import TemplateError
from capsule.tables import bare

Kind = Literal["title", "content", "film"]
_TITLES = ("ctrTitle", "title")
_NAMES: Mapping[Kind, Sequence[str]] = {  # without accents or marks
    "title": (
        *("capsule titre", "diapositive de titre", "page de titre", "titre", "title slide"),
        *("title", "title page", "couverture", "page de couverture", "page de garde", "cover"),
        *("titelfolie", "diapositiva de titulo", "titolo diapositiva"),
    ),
    "content": (
        *("capsule contenu", "titre seul", "titre uniquement", "title only", "nur titel"),
        *("solo titulo", "solo titolo", "titre et contenu", "title and content"),
        *("title content", "title and body", "titre contenu", "titre et texte"),
        *("titel und inhalt", "contenu", "content"),
    ),
    "film": (
        *("capsule film", "titre et video", "titre et media", "video", "film", "media"),
        *("title and video", "title and media"),
    ),
}
_TYPES: Mapping[Kind, Sequence[str]] = {
    "title": ("title",),
    "content": ("titleOnly", "obj", "tx"),
    "film": ("mediaAndTx", "txAndMedia"),
}
_ASIDE = {"ftr", "sldNum", "dt"}


class Matched(NamedTuple):
    """The layouts of the first slide, of the film's and of all others."""

    title: Layout
    content: Layout
    film: Layout


class MissingError(TemplateError):
    """A layout that a template does not have; `key` is what names it in the source, if it does."""

    def __init__(self, what: str, remedy: str, key: Kind | None) -> None:
        super().__init__(what, remedy)
        self.key = key


def matched(layouts: Sequence[Layout], wanted: Mapping[str, str], used: Sequence[str]) -> Matched:
    """The layout of each kind of slide, `wanted` (kind → name) before all.

    Among layouts of one name, that of the template's own slides is taken: `used`, the layout of
    each; LibreOffice gives each master a layout of each name. Raises MissingError.
    """
    masters = {layout.part: layout.master for layout in layouts}
    covers, others = ([masters.get(one, "") for one in some] for some in (used[:1], used[1:]))
    title = _found("title", _ranked(layouts, covers), wanted)
    ranked = _ranked(layouts, others)
    content = _found("content", ranked, wanted)
    film = _found("film", ranked, wanted, fallback=content)
    return Matched(title, content, film)


def _ranked(layouts: Sequence[Layout], masters: Sequence[str]) -> list[Layout]:
    """The layouts of the master that most slides have first."""
    return sorted(layouts, key=lambda layout: -masters.count(layout.master))


def _found(
    kind: Kind,
    layouts: Sequence[Layout],
    wanted: Mapping[str, str],
    fallback: Layout | None = None,
) -> Layout:
    if name := wanted.get(kind):
        return _asked(name, kind, layouts)
    titled = [layout for layout in layouts if layout.first(*_TITLES)]
    suited = [layout for layout in titled if _suits(kind, layout)]
    likely = chain(
        (layout for known in _NAMES[kind] for layout in suited if known in layout.names),
        (layout for type_ in _TYPES[kind] for layout in suited if layout.kind == type_),
        filter(_LIKE[kind], titled),
    )
    if found := next(likely, fallback):
        return found
    if kind == "title":
        what = _("the template has no layout for the first slide, such as %(usual)s")
        usual = '"Titre"'
    else:
        what = _("the template has no layout with a title and room for contents, such as %(usual)s")
        usual = '"Titre seul"'
    raise MissingError(what % {"usual": usual}, _listed(layouts), None)


def _asked(name: str, kind: Kind, layouts: Sequence[Layout]) -> Layout:
    """The layout that the source names."""
    for layout in layouts:
        if bare(name) in layout.names and layout.first(*_TITLES):
            return layout
    what = _('the template has no layout "%(name)s" with a place for a title') % {"name": name}
    raise MissingError(what, _listed(layouts), kind)


def _suits(kind: Kind, layout: Layout) -> bool:
    return kind != "film" or layout.first("media", "obj", "body", "pic") is not None


def _listed(layouts: Sequence[Layout]) -> str:
    names = ", ".join(dict.fromkeys(f'"{layout.name}"' for layout in layouts if layout.name))
    return _("name one of its own under theme: layouts: (%(names)s)") % {"names": names}


def _bodies(layout: Layout) -> list[str]:
    return [p.kind for p in layout.places if p.kind not in {*_ASIDE, *_TITLES}]


_LIKE: Mapping[Kind, Callable[[Layout], bool]] = {
    "title": lambda layout: bool(layout.first("ctrTitle")) or _bodies(layout) == ["subTitle"],
    "content": lambda layout: (
        bool(layout.first("title")) and _bodies(layout) in ([], ["body"], ["obj"])
    ),
    "film": lambda layout: layout.first("media") is not None,
}
