"""The pages of a list: ``{"count", "next", "previous", "results": [...]}``."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode, urlsplit

from attrs import frozen

from ...errors import WrongAnswerError
from .transport import BASE

__all__ = ["MOST_PAGES", "PATH", "Page", "next_page", "page_of"]

PATH = "/api/v2/probes/"

MOST_PAGES = 200
"""More are a loop: at 500 records a page the 59,000 probes there ever were (2026) fill 118."""


@frozen
class Page:
    """One page.

    Attributes:
        records: as they came.
        following: address of the page after it, or None where it is the last.
        where: its own address, for errors.
    """

    records: tuple[object, ...]
    following: str | None
    where: str = ""


def page_of(document: object, *, where: str) -> Page:
    """The page in an answer.

    Raises:
        WrongAnswerError: where the answer is none.
    """
    if not isinstance(document, dict):
        raise WrongAnswerError(f"$ is no object but {type(document).__name__}", where=where)
    results = document.get("results")
    if not isinstance(results, list):
        raise WrongAnswerError(
            "$.results is missing" if results is None else "$.results is no list", where=where
        )
    following = document.get("next")
    if following is not None and not isinstance(following, str):
        raise WrongAnswerError(f"$.next is no address but {type(following).__name__}", where=where)
    return Page(tuple(results), following or None, where)


def next_page(page: Page, *, base: str, asked: Collection[str]) -> str | None:
    """Path and query of the page after a page; to be asked of the base address, whatever host is named.

    Args:
        base: the provider's base address.
        asked: the addresses that were asked so far.

    Raises:
        WrongAnswerError: where ``next`` leads to another host or path or back, or never ends.
    """
    if page.following is None:
        return None
    own, link = urlsplit(base), urlsplit(page.following)
    if link.netloc not in {"", own.netloc, urlsplit(BASE).netloc}:
        raise WrongAnswerError(f"$.next leads to another host, {link.netloc}", where=page.where)
    if link.path not in {PATH, own.path.rstrip("/") + PATH}:
        raise WrongAnswerError(f"$.next leads to another path, {link.path}", where=page.where)
    if not page.records:
        raise WrongAnswerError("$.results is empty, and yet $.next is not", where=page.where)
    path = f"{PATH}?{link.query}"
    pairs = parse_qsl(link.query, keep_blank_values=True)
    if f"{base}{PATH}?{urlencode(pairs)}" in asked:
        raise WrongAnswerError("$.next leads back to a page already read", where=page.where)
    if len(asked) >= MOST_PAGES:
        raise WrongAnswerError(f"$.next does not end after {len(asked)} pages", where=page.where)
    return path
