"""Laws of what a source discloses: where its signals are from, what it gives again offline, and no secret."""

from __future__ import annotations

import tempfile
import traceback
from pathlib import Path

from attrs import evolve

from ....errors import NotCachedError
from ....reading.source import SourceResult
from ...faults.zoo import ZOO
from ..laws import Law, LawBrokenError, law
from ..overhearing import forms_of, overhearing
from .failures import FailureLaws
from .truth import asked, measured
from .world import UpstreamError, plain

__all__ = ["DisclosureLaws"]

_TELLING = ("says_the_key", "html", "reset")
"""Faults under which an error could say the key: said back by the provider, quoted, or in the address."""


class DisclosureLaws(FailureLaws):
    """Laws 15, 17 and 18."""

    @law(
        15,
        "no secret shows",
        look_at="HttpRequest(key=config.key) sends the key in a header; it belongs in no address, parameter, "
        "repr, error, log, notice or provenance",
    )
    def test_law_15_no_secret(self) -> None:
        rule = self.law(15)
        for case in self.plain_cases():
            with self.published(case) as world:
                with overhearing() as told:
                    source = world.source()
                    said_by: dict[str, str] = {"its repr": repr(source), "its info": repr(source.info)}
                    said_by["its result"] = repr(world.fetch(case.query, law=rule, source=source))
                said_by |= told()
                for name in _TELLING:
                    world.publish(case.truth)
                    world.upstream.misbehave(ZOO[name].misbehave)
                    with overhearing() as told:
                        try:
                            result = world.attempt(case.query, law=rule)
                        except UpstreamError:
                            raise
                        except Exception as error:  # noqa: BLE001 (whatever it is, it must not say the key)
                            said_by[f"its error under {name}"] = "".join(traceback.format_exception(error))
                        else:
                            said_by[f"its result under {name}"] = repr(result)
                    said_by |= {f"{where} under {name}": text for where, text in told().items()}
                asked_for = (f"{one.path} {dict(one.query)}" for one in world.upstream.received)
                said_by["an address that it asks"] = "\n".join(asked_for)
                self._check_unsaid(rule, said_by)

    @law(
        17,
        "every signal says where it is from and under what licence",
        look_at="Provenance(source=info.name, licence=info.licence, url=answer.address, retrieved=…)",
    )
    def test_law_17_provenance(self) -> None:
        rule = self.law(17)
        for case in self.plain_cases():
            with self.published(case) as world:
                result = world.fetch(case.query, law=rule)
                received = len(world.upstream.received)
            if not result.signals:
                raise LawBrokenError(rule, "it gave no signal of what was published", given={"case": case})
            for signal in result.signals:
                told = signal.provenance
                given = {"signal": signal.name, "provenance": told}
                if told.source != self.info.name:
                    raise LawBrokenError(rule, "a provenance that names another source", given=given)
                if told.licence != self.info.licence:
                    raise LawBrokenError(rule, "a licence that is not the one of its info", given=given)
                if received and (told.url is None or told.retrieved is None):
                    raise LawBrokenError(rule, "nobody can tell what was asked, or when", given=given)

    @law(
        18,
        "offline it asks nobody, and gives what it gave",
        look_at="all HTTP through config.http, which keeps answers; what is asked must not hang on the time",
    )
    def test_law_18_offline(self) -> None:
        rule = self.law(18)
        for case in self.plain_cases():
            with tempfile.TemporaryDirectory() as folder:
                kept = Path(folder, "answers.sqlite")
                with self.published(case, offline=True, cache=Path(folder, "empty.sqlite")) as world:
                    before = world.outcome(case.query, law=rule)
                    if world.upstream.received:
                        raise LawBrokenError(
                            rule, "it asks although it is offline", given={"asked for": asked(case.query)}
                        )
                if isinstance(before, SourceResult) and measured(before):
                    continue  # it reads what is on this machine
                if not isinstance(before, NotCachedError):
                    raise LawBrokenError(rule, f"offline and with nothing kept it gave {before!r}")
                with self.published(case, cache=kept) as world:
                    online = plain(world.fetch(case.query, law=rule))
                    address = world.config.base_url
                with self.world(offline=True, cache=kept) as world:
                    config = evolve(world.config, base_url=address)
                    offline = plain(evolve(world, config=config).fetch(case.query, law=rule))
            if online != offline:
                raise LawBrokenError(
                    rule, "another answer than online", given={"online": online, "offline": offline}
                )

    def _check_unsaid(self, rule: Law, said_by: dict[str, str]) -> None:
        for where, text in said_by.items():
            for form in forms_of(self.key):
                place = text.find(form)
                if place >= 0:
                    shown = text[max(place - 150, 0) : place + 150 + len(form)].replace(form, "<the key>")
                    part = "" if form == self.key else ", in part or written otherwise"
                    raise LawBrokenError(rule, f"{where} says the key{part}", given={"said": shown})
