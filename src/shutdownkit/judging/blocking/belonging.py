"""Which service each subject of some tests belongs to, looked up once."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from ...model.services import Service, Services

__all__ = ["Belonging"]


@frozen(eq=False)
class Belonging:
    """The services of the subjects at hand.

    Attributes:
        services: by subject, its service; never a category, for the sites of one have nothing else in
            common: a subject that no service names is a service of its own.
        categories: by subject, those it is in, in their order; none where it is in none.
    """

    services: dict[str, Service]
    categories: dict[str, tuple[Service, ...]]

    @classmethod
    def of(cls, subjects: Iterable[str], services: Services) -> Belonging:
        """That of every subject given."""
        categories = [service for service in services if service.category]
        names = sorted(set(subjects))
        return cls(
            {subject: services.of(subject) for subject in names},
            {subject: tuple(one for one in categories if one.covers(subject)) for subject in names},
        )
