"""Which tests belong to one service: "Is Telegram blocked?" asks about an app and several sites."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from attrs import field, frozen

from ..errors import InvalidValueError
from .checks import all_of, store, text

__all__ = ["Service", "Services", "site"]


def _subjects(value: Iterable[str]) -> tuple[str, ...]:
    if isinstance(value, str):
        raise InvalidValueError("Service.subjects", value, "is one text, not several subjects")
    return tuple(sorted(set(all_of("Service.subjects", str, value))))


@frozen
class Service:
    """A service, or a category of sites, and what is tested of it.

    Attributes:
        name: such as ``telegram``, or ``news`` for a category.
        title: for people, such as ``Telegram``.
        subjects: what is tested of it, ordered: ``app:telegram``, ``domain:web.telegram.org``.  A domain
            stands for the names under it as well: ``domain:telegram.org`` for ``web.telegram.org``.
        category: whether it is a category of sites that have nothing else in common: one blocked site does
            not make a blocked category.
    """

    name: str
    title: str
    subjects: tuple[str, ...] = field(converter=_subjects)
    category: bool = False

    def __attrs_post_init__(self) -> None:
        text("Service.name", self.name)
        text("Service.title", self.title)
        if not self.subjects:
            raise InvalidValueError("Service.subjects", self.subjects, f"of {self.name} are none")
        for subject in self.subjects:
            text("Service.subjects", subject)
            if not subject.startswith(("app:", "domain:")) or subject != subject.lower():
                raise InvalidValueError(
                    "Service.subjects",
                    subject,
                    f"of {self.name} is not of the form app:telegram or domain:example.org, in lower case",
                )

    def covers(self, subject: str) -> bool:
        """Whether a subject belongs to it, by itself or as a name under one of its domains."""
        return any(_holds(self.subjects, name) for name in _names(subject))


@frozen
class Services:
    """The services that are told apart, in order.  A program may give its own.

    Raises:
        InvalidValueError: where two have one name.
    """

    services: tuple[Service, ...] = ()

    def __attrs_post_init__(self) -> None:
        store(self, "services", all_of("Services.services", Service, self.services))
        for name, times in Counter(service.name for service in self.services).items():
            if times > 1:
                raise InvalidValueError("Services.services", name, "is there more than once")

    def __iter__(self) -> Iterator[Service]:
        return iter(self.services)

    def __len__(self) -> int:
        return len(self.services)

    def named(self, name: str) -> Service:
        """The service of a name.

        Raises:
            InvalidValueError: where there is none.
        """
        for service in self.services:
            if service.name == name:
                return service
        known = ", ".join(service.name for service in self.services)
        raise InvalidValueError("service", name, f"is none of those known: {known}")

    def of(self, subject: str) -> Service:
        """The first service that a subject belongs to, or one of its own: a site with and without ``www.``.

        Never a category: the sites of one have nothing else in common.
        """
        for service in self.services:
            if not service.category and service.covers(subject):
                return service
        name = site(subject)
        return Service(name, name.partition(":")[2] or name, (subject,))

    def extended(self, *services: Service) -> Services:
        """These and more; one of a name that is there already takes its place."""
        kept = {service.name: service for service in (*self.services, *services)}
        return Services(tuple(kept.values()))


def site(subject: str) -> str:
    """A subject without a leading ``www.``: ``www.example.org`` and ``example.org`` are one site."""
    kind, _, name = subject.partition(":")
    return f"{kind}:{name.removeprefix('www.')}" if kind == "domain" else subject


def _holds(ordered: Sequence[str], name: str) -> bool:
    place = bisect_left(ordered, name)
    return place < len(ordered) and ordered[place] == name


def _names(subject: str) -> Iterator[str]:
    """A subject, and for a domain every name above it but the last label."""
    yield subject
    kind, _, name = subject.partition(":")
    if kind == "domain":
        labels = name.split(".")
        for first in range(1, len(labels) - 1):
            yield f"{kind}:{'.'.join(labels[first:])}"
