"""The deck as one writes it with python-pptx: layouts of its default template, add_movie, notes.

python plain.py slides.json deck.pptx
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pptx import Presentation
from pptx.util import Inches


def main(content: str, target: str) -> None:
    """Write the slides that `content` lists; its film and pictures lie beside it."""
    folder = Path(content).parent
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    for told in json.loads(Path(content).read_bytes()):
        layout = deck.slide_layouts[1 if told["lines"] else 5]
        slide = deck.slides.add_slide(layout)
        slide.shapes.title.text = told["title"]
        if told["lines"]:
            slide.placeholders[1].text = "\n".join(told["lines"])
        if told["film"]:
            slide.shapes.add_movie(
                str(folder / "film.mp4"),
                *(Inches(1.4), Inches(1.4), Inches(10.5), Inches(5.906)),
                poster_frame_image=str(folder / "poster.png"),
                mime_type="video/mp4",
            )
        if told["picture"]:
            slide.shapes.add_picture(str(folder / "qr.png"), Inches(10), Inches(4), Inches(2.5))
        if told["notes"]:
            slide.notes_slide.notes_text_frame.text = told["notes"]
    deck.save(target)


if __name__ == "__main__":
    main(*sys.argv[1:3])
