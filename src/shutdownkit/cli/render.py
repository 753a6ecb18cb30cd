"""Reports in the forms that ``--format`` names."""

from __future__ import annotations

import textwrap

from ..report.codf import report_codf
from ..report.page import report_page
from ..report.report import Report
from ..report.tables import report_csv
from ..report.text import report_text
from .output import colour_wanted, terminal_width, write_document, write_text

__all__ = ["page_width", "write_report"]

NARROWEST, USUAL, WIDEST = 60, 100, 120  # columns


def write_report(report: Report, form: str, *, preface: str = "") -> None:
    """Write a report to standard output.

    Args:
        form: one of :data:`~shutdownkit.cli.options.REPORT_FORMATS`.
        preface: paragraphs, one a line, that stand before the report where people read it; no other
            form has them.
    """
    match form:
        case "json":
            write_document(report.to_json(indent=2))
        case "html":
            write_document(report_page(report))
        case "csv":
            write_document(report_csv(report))
        case "codf":
            write_document(report_codf(report))
        case _:
            width = page_width()
            before = [textwrap.fill(line, width, subsequent_indent="  ") for line in preface.splitlines()]
            page = report_text(report, width=width, colour=colour_wanted())
            write_text("\n".join([*before, page]))


def page_width() -> int:
    """How many columns text for people takes."""
    return min(max(terminal_width() or USUAL, NARROWEST), WIDEST)
