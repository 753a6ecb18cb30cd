"""What has come of one source, put together from what its thread said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from attrs import define, evolve, field

from ..errors import NotServedError, ProviderError, UnreachableError, WrongAnswerError
from ..model.account import SourceFailure
from ..model.entity import Entity
from ..model.kinds import SignalKind
from .asking import Asking, Known, Message, Part
from .candidates import Candidate
from .failures import failure_of, tellable
from .progress import Progress, Stage
from .source import SourceInfo, SourceResult
from .workers import Ended

__all__ = ["Outcome", "check_agreement"]


@define
class Outcome:
    """What has come of one source so far."""

    candidate: Candidate
    entity: Entity
    info: SourceInfo | None = None
    controls: tuple[Entity, ...] = ()
    requests: int = 0
    results: dict[Entity, SourceResult] = field(factory=dict)
    errors: dict[Entity, Exception] = field(factory=dict)

    def heard(self, message: Message | Ended, patience: timedelta) -> Progress:
        """Take in what the source's thread says."""
        match message:
            case Known():
                self.info, self.controls = message.info, message.controls
            case Asking():
                self.requests = message.requests
            case Part(entity, SourceResult() as result):
                self.results[entity] = evolve(result, failures=tuple(map(self._told, result.failures)))
            case Part(entity, Exception() as error):
                self.fail(entity, error)
            case Ended():
                self._end(message, patience)
                return self._ended()
        return Progress(self.candidate.name, Stage.ASKING, self.requests)

    def _told(self, failure: SourceFailure) -> SourceFailure:
        """What the source itself gave as a failure: its own, whomever it names, and without any secret."""
        name, secret = self.candidate.name, self.candidate.secret
        error = tellable(ProviderError(failure.problem, where=failure.where, retry=failure.retry), secret)
        return failure_of(name, error)

    def fail(self, entity: Entity, error: BaseException) -> None:
        """Note an error, without any secret."""
        about = "" if entity == self.entity else f", control {entity}"
        self.errors[entity] = tellable(
            error, self.candidate.secret, note=f"source {self.candidate.name}{about}"
        )

    def _end(self, ended: Ended, patience: timedelta) -> None:
        """Note what was not answered.  Where nothing came of the entity, the controls are not missed."""
        error = ended.error
        if ended.given_up:
            error = UnreachableError(
                f"had not answered after {patience.total_seconds():g} s, and was given up"
            )
        missing = (self.entity,) if self.entity not in self.results else self.controls
        for entity in missing:
            if error is not None and entity not in self.results and entity not in self.errors:
                self.fail(entity, error)

    def _ended(self) -> Progress:
        error = self.errors.get(self.entity)
        if error is None:
            return Progress(self.candidate.name, Stage.DONE, self.requests)
        problem = failure_of(self.candidate.name, error).problem
        return Progress(self.candidate.name, Stage.FAILED, self.requests, problem)

    def failures(self) -> list[SourceFailure]:
        """What was asked and not answered: of the entity, then of the controls in order."""
        name = self.candidate.name
        found = []
        for entity in (self.entity, *self.controls):
            control = None if entity == self.entity else str(entity)
            if entity in self.errors:
                found.append(failure_of(name, self.errors[entity], control=control))
            elif entity in self.results:
                prefix = "" if control is None else f"control {control}: "
                found += [evolve(one, problem=prefix + one.problem) for one in self.results[entity].failures]
        return found

    def faults(self) -> list[Exception]:
        """The errors that count where the caller is strict."""
        found = [error for error in self.errors.values() if not isinstance(error, NotServedError)]
        for result in self.results.values():
            for one in result.failures:
                error = ProviderError(one.problem, where=one.where, retry=one.retry)
                error.add_note(f"source {self.candidate.name}")
                found.append(error)
        return found


def check_agreement(ordered: Iterable[Outcome]) -> None:
    """Of two sources that mean different things by one kind's name, the later in order has failed."""
    meant: dict[str, tuple[SignalKind, str]] = {}
    for outcome in ordered:
        if outcome.info is None or outcome.entity not in outcome.results:
            continue
        for kind in outcome.info.kinds:
            first, source = meant.setdefault(kind.name, (kind, outcome.candidate.name))
            if first != kind:
                outcome.results.clear()
                outcome.fail(outcome.entity, WrongAnswerError(f"measures another {kind.name} than {source}"))
                break
