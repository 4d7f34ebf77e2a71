"""Scans of acts that never were, with the truth of every word, field, mark and fault: for tests, demo and benchmarks.

`sample(seed)` draws an act by lot, lays it out after Nghị định 30/2020/NĐ-CP or, for the Party, Hướng dẫn
36-HD/VPTW, and scans it. The same arguments give the same pages. Layouts marked "rules" may be looked at while rules
of reading are written; those marked "measure" are for figures alone.
"""

from access.samples.content import Act, draw_act
from access.samples.layouts import Layout, layout, layouts
from access.samples.make import Sample, SamplePage, TruthWord, pdf_of, sample
from access.samples.marks import Stamp
from access.samples.wear import BAD, CLEAN, CONDITIONS, TYPICAL, Wear

__all__ = [
    "BAD",
    "CLEAN",
    "CONDITIONS",
    "TYPICAL",
    "Act",
    "Layout",
    "Sample",
    "SamplePage",
    "Stamp",
    "TruthWord",
    "Wear",
    "draw_act",
    "layout",
    "layouts",
    "pdf_of",
    "sample",
]
