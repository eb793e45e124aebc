"""The criteria of RGAA 4.1 that a slide deck can fail.

RGAA is written for web pages; its criterion 13.3 asks of documents offered for download what EN
301 549, chapter 10, asks of documents, which are the same requirements under other words. Titles
are those of https://accessibilite.numerique.gouv.fr, in English for the catalogue's sake.
"""

from __future__ import annotations

from capsule.resources import N_

DOCUMENTS = "13.3"
"""The criterion that asks for a document to be accessible, whatever it fails in."""

CRITERIA = {
    "1.1": N_("Does each image that conveys information have a text alternative?"),
    "1.2": N_("Is each decorative image properly ignored by assistive technologies?"),
    "1.3": N_(
        "For each image that conveys information and has a text alternative, is this alternative"
        " relevant (except in special cases)?"
    ),
    "3.2": N_(
        "On each web page, is the contrast between the colour of the text and the colour of its"
        " background high enough (except in special cases)?"
    ),
    "4.3": N_(
        "Does each pre-recorded synchronised time-based media have, if necessary, synchronised"
        " captions (except in special cases)?"
    ),
    "4.10": N_("Can each sound that starts automatically be controlled by the user?"),
    "4.11": N_(
        "Can each time-based media be controlled, if necessary, by keyboard and any pointing"
        " device?"
    ),
    "5.6": N_("For each data table, are each column header and each row header properly declared?"),
    "8.2": N_(
        "For each web page, is the generated source code valid for the specified document type?"
    ),
    "8.3": N_("On each web page, is the default language present?"),
    "8.4": N_("For each web page with a default language, is the language code relevant?"),
    "8.5": N_("Does each web page have a page title?"),
    "8.6": N_("For each web page with a page title, is this title relevant?"),
    "8.7": N_(
        "On each web page, is each change of language indicated in the source code (except in"
        " special cases)?"
    ),
    "8.8": N_(
        "On each web page, is the language code of each change of language valid and relevant?"
    ),
    "9.1": N_("On each web page, is information structured by the appropriate use of headings?"),
    "10.3": N_(
        "On each web page, does information remain understandable when style sheets are disabled?"
    ),
    "10.4": N_(
        "On each web page, does text remain readable when its size is increased to 200 %, at"
        " least (except in special cases)?"
    ),
    "13.1": N_(
        "For each web page, does the user control each time limit that changes the content"
        " (except in special cases)?"
    ),
    DOCUMENTS: N_(
        "On each web page, does each office document to download have, if necessary, an"
        " accessible version (except in special cases)?"
    ),
    "13.8": N_("On each web page, can each moving or blinking content be controlled by the user?"),
}
"""Number → title."""
