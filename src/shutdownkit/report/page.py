"""A report as a whole HTML page."""

from __future__ import annotations

import html

from .content import ReportContent
from .html import report_html
from .words import entity_text, printable, window_text

__all__ = ["report_page"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = "font-family: sans-serif; max-width: 60em; margin: 1em auto; padding: 0 1em"


def report_page(content: ReportContent) -> str:
    """A report as one page, well-formed both as HTML and as XML, to be stored as UTF-8.

    It needs nothing else, loads nothing and runs nothing, and the page's policy forbids browsers to.
    """
    window = content.window
    title = html.escape(printable(f"{entity_text(content.entity)}: {window_text(window.start, window.end)}"))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="{_POLICY}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>{title}</title>
</head>
<body style="{_STYLE}">
{report_html(content)}
</body>
</html>
"""
