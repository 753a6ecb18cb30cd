"""Which sources are installed, and how one of them is named, loaded and made.

Sources register under the entry-point group ``shutdownkit.sources``: the name is a slug, the value a
factory, ``Callable[[SourceConfig], Source]``.  The built-in sources come through the same group.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import Distribution, EntryPoint, distributions
from types import MappingProxyType
from typing import cast

from attrs import field, frozen

from ..errors import (
    BrokenSourceError,
    CallerError,
    DuplicateSourceError,
    MissingExtraError,
    ProviderError,
    UnknownSourceError,
)
from .environment import plugins_wanted
from .saying import said, shown
from .source import SLUG, Source, SourceConfig, SourceFactory, SourceInfo

__all__ = [
    "ARGUMENTS",
    "GROUP",
    "ON_DEMAND",
    "NoSourceError",
    "Registration",
    "Spec",
    "available",
    "checked_source",
    "choose",
    "load",
    "make",
]

GROUP = "shutdownkit.sources"
BUILT_IN = "shutdownkit"

ARGUMENTS: Mapping[str, str] = MappingProxyType({"ooni-archive": "a folder of OONI's archive files"})
"""What must follow the name of those built-in sources that read what the user has, in place of asking a
provider.  They are not asked where no source is named."""

_UNMEASURED = "what it adds to a verdict has not been measured on recorded incidents"

ON_DEMAND: Mapping[str, str] = MappingProxyType({"ripestat": _UNMEASURED, "tor-metrics": _UNMEASURED})
"""Why those built-in sources are asked only where they are named that could be asked without."""

_SEPARATORS = re.compile(r"[-_.]+")


@frozen(order=True)
class Registration:
    """A source that is installed; nothing of it has been imported.

    Attributes:
        name: the slug it is registered under.
        distribution: the installed package that brings it.
        version: of the distribution; empty where it does not say.
        value: where the factory is, as ``module:attribute``.
        builtin: whether it is one of shutdownkit's own.
        problem: why it cannot be used, as far as can be told without importing it; or None.
    """

    name: str
    distribution: str
    version: str
    value: str
    builtin: bool
    problem: str | None = field(default=None, order=False)

    @property
    def argument(self) -> str | None:
        """What must follow its name, for people; None where nothing must."""
        return ARGUMENTS.get(self.name) if self.builtin else None

    @property
    def on_demand(self) -> str | None:
        """Why a built-in source is asked only where it is named, for people; None for all others."""
        if not self.builtin:
            return None
        return ON_DEMAND.get(self.name) or (self.argument and f"it needs {self.argument}")


def available(*, environ: Mapping[str, str] = os.environ) -> tuple[Registration, ...]:
    """The installed sources, ordered by name, then distribution.

    Nothing is imported.  With ``SHUTDOWNKIT_NO_PLUGINS=1`` only the built-in ones.  An installed
    package whose entry points cannot be read is listed with the problem, if it names the group at all.

    Raises:
        CallerError: where ``SHUTDOWNKIT_NO_PLUGINS`` says neither yes nor no.
    """
    found = {one for installed in _installed() for one in _registrations(installed)}
    if not plugins_wanted(environ):
        found = {one for one in found if one.builtin}
    return tuple(sorted(found))


def _installed() -> Iterator[Distribution]:
    """Every installed package once: of two copies the one that is imported, which comes first."""
    seen = set()
    for distribution in distributions():
        name = _normal(_name_of(distribution))
        if name not in seen:
            seen.add(name)
            yield distribution


def _name_of(installed: Distribution) -> str:
    """The package's name; for one whose metadata are damaged, that of their folder."""
    folder = getattr(installed, "_path", None)
    return _metadata(installed, "Name") or str(getattr(folder, "stem", "") or "unknown").split("-")[0]


def _metadata(installed: Distribution, key: str) -> str:
    """A field of the metadata; empty where it, or the whole, is missing or damaged."""
    try:
        return str(installed.metadata[key] or "")
    except Exception:  # noqa: BLE001 (files of strangers)
        return ""


def _registrations(installed: Distribution) -> Iterator[Registration]:
    # Not importlib.metadata.entry_points(): that fails for all where one package's file is damaged.
    text = installed.read_text("entry_points.txt")
    if not text or GROUP not in text:
        return
    name = _name_of(installed)
    version = _metadata(installed, "Version")
    builtin = _normal(name) == BUILT_IN
    try:
        points = [(point.name, point.value) for point in installed.entry_points if point.group == GROUP]
    except Exception as error:  # noqa: BLE001 (told to whoever lists or asks for it)
        damaged = f"its entry points cannot be read: {said(error)}"
        yield Registration(_normal(name), name, version, "", builtin, damaged)
        return
    for slug, value in points:
        odd = None if SLUG.fullmatch(slug) else "its name is not lower-case letters, digits and hyphens"
        yield Registration(slug, name, version, value, builtin, odd)


@frozen
class Spec:
    """How a source is asked for: ``name``, ``name@distribution``, ``name:argument`` or all three."""

    name: str
    distribution: str | None = None
    argument: str | None = None

    @classmethod
    def parse(cls, text: str) -> Spec:
        """The parts of ``name@distribution:argument``.

        Raises:
            CallerError: where a part is empty.
        """
        if not isinstance(text, str):
            raise CallerError(f"sources: {text!r} is neither a name nor a source")
        head, colon, argument = text.partition(":")
        name, at, distribution = head.partition("@")
        if not name or (at and not distribution) or (colon and not argument):
            raise CallerError(f"sources: {text!r} is not of the form name, name@package or name:argument")
        return cls(name, distribution or None, argument or None)


def choose(spec: str | Spec, registrations: Iterable[Registration]) -> Registration:
    """The one registration that is meant.

    Raises:
        UnknownSourceError: names the sources there are, and the nearest.
        DuplicateSourceError: names the distributions, and how to prefer one.
        CallerError: where the text cannot be read.
    """
    wanted = Spec.parse(spec) if isinstance(spec, str) else spec
    known = tuple(registrations)
    named = [one for one in known if one.name == wanted.name]
    if not named:
        raise UnknownSourceError(_unknown(wanted.name, sorted({one.name for one in known})))
    matching = [
        one
        for one in named
        if wanted.distribution is None or _normal(one.distribution) == _normal(wanted.distribution)
    ]
    owners = sorted({one.distribution for one in named})
    if not matching:
        raise UnknownSourceError(
            f"source {wanted.name!r} is not of {wanted.distribution}; it is of {', '.join(owners)}"
        )
    if len(matching) > 1:
        raise DuplicateSourceError(_duplicate(matching))
    return matching[0]


def _unknown(name: str, names: Sequence[str]) -> str:
    there_are = f"there are: {', '.join(names)}" if names else "there is none"
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"no installed source is named {name!r}; {there_are}{hint}"


def _duplicate(matching: Sequence[Registration]) -> str:
    owners = sorted({one.distribution for one in matching})
    name = matching[0].name
    if len(owners) == 1:
        return f"{owners[0]} registers the source {name!r} {len(matching)} times; none can be preferred"
    brought = " and ".join(f"{one.distribution} {one.version}".rstrip() for one in matching)
    ways = " or ".join(f"{name}@{owner}" for owner in owners)
    return f"the source {name!r} is provided by {brought}; name one of them: {ways}"


def load(registration: Registration) -> SourceFactory:
    """Import the factory.

    Raises:
        BrokenSourceError: for whatever the import raises, and for what cannot be called.
        MissingExtraError: as the module raises it.
    """
    if registration.problem is not None:
        raise _broken(registration, registration.problem)
    point = EntryPoint(registration.name, registration.value, GROUP)
    if point.pattern.match(point.value) is None:
        raise _broken(registration, f"{registration.value!r} is not of the form module:attribute")
    try:
        factory = point.load()
    except MissingExtraError:
        raise
    except (Exception, SystemExit) as error:
        raise _broken(registration, f"cannot be imported: {said(error)}") from error
    if not callable(factory):
        raise _broken(registration, f"{registration.value} is not callable")
    made: SourceFactory = factory
    return made


def make(registration: Registration, config: SourceConfig) -> Source:
    """Import the factory and make the source.

    Raises:
        BrokenSourceError: for whatever the import or the factory raises, and for what is no source or
            bears another name.
        MissingExtraError, ProviderError: as the factory raises them.
    """
    factory = load(registration)
    try:
        made, info = checked_source(factory(config))
    except (MissingExtraError, ProviderError):
        raise
    except NoSourceError as error:
        raise _broken(registration, f"makes {error}") from error
    except (Exception, SystemExit) as error:
        raise _broken(registration, f"cannot be made: {said(error)}") from error
    if info.name != registration.name:
        raise _broken(registration, f"calls itself {info.name!r}")
    return made


class NoSourceError(TypeError):
    """An object that is no source."""


def checked_source(value: object) -> tuple[Source, SourceInfo]:
    """An object that is a source, and what it says of itself.

    Raises:
        NoSourceError: where it is none.
        Exception: whatever its property ``info`` raises.
    """
    if isinstance(value, type) or not callable(getattr(value, "fetch", None)):
        raise NoSourceError(f"{shown(value)}, which has no method fetch")
    info = getattr(value, "info", None)
    if not isinstance(info, SourceInfo):
        raise NoSourceError(f"{shown(value)}, whose info is {shown(info)}")
    return cast("Source", value), info


def _broken(registration: Registration, problem: str) -> BrokenSourceError:
    return BrokenSourceError(registration.name, registration.distribution, problem)


def _normal(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return _SEPARATORS.sub("-", name).lower()
