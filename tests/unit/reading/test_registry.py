"""Which sources are installed, how one is named, and what is said of those that cannot be used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import (
    BrokenSourceError,
    CallerError,
    DuplicateSourceError,
    MissingExtraError,
    UnknownSourceError,
    UnreachableError,
)
from shutdownkit.reading.candidates import candidates
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.registry import Registration, Spec, available, choose, load, make
from shutdownkit.reading.source import SourceConfig

from .plugins import GOOD, Install

BUILT_IN = ("atlas", "ioda", "ooni", "ooni-archive", "ripestat", "tor-metrics")
NONE: dict[str, str] = {}


@pytest.fixture
def config() -> Iterator[Callable[[str], SourceConfig]]:
    with HttpClient() as http:
        yield lambda name: SourceConfig(name, http)


def names(found: tuple[Registration, ...]) -> list[tuple[str, str]]:
    return [(one.name, one.distribution) for one in found]


def test_the_built_in_sources_register_like_any_other() -> None:
    built_in = [one for one in available(environ=NONE) if one.builtin]
    assert tuple(one.name for one in built_in) == BUILT_IN
    assert {one.distribution for one in built_in} == {"shutdownkit"}
    assert all(one.problem is None for one in built_in)


def test_what_is_asked_only_where_it_is_named_says_why() -> None:
    reasons = {one.name: one.on_demand for one in available(environ=NONE) if one.builtin}
    unmeasured = "what it adds to a verdict has not been measured on recorded incidents"
    assert reasons == {
        "atlas": None,
        "ioda": None,
        "ooni": None,
        "ooni-archive": "it needs a folder of OONI's archive files",
        "ripestat": unmeasured,
        "tor-metrics": unmeasured,
    }
    assert [one.name for one in candidates(None, environ=NONE)] == ["atlas", "ioda", "ooni"]
    named = candidates(["tor-metrics", "ripestat"], environ=NONE)
    assert [one.name for one in named] == ["ripestat", "tor-metrics"]


def test_a_plugin_of_such_a_name_is_no_other_plugin(install: Install) -> None:
    install("acme-pack", {"ripestat": "acme_module:make"})
    (one,) = (one for one in available(environ=NONE) if not one.builtin)
    assert one.on_demand is None


def test_plugins_are_listed_in_order_and_not_imported(install: Install) -> None:
    install("zeta-pack", {"zeta": "zeta_module:make", "acme": "acme_module:make"}, version="2.1")
    install("Alpha_Pack", {"acme": "other_module:make"})
    found = [one for one in available(environ=NONE) if not one.builtin]
    assert names(tuple(found)) == [("acme", "Alpha_Pack"), ("acme", "zeta-pack"), ("zeta", "zeta-pack")]
    assert [one.version for one in found] == ["1.0", "2.1", "2.1"]
    assert not {"zeta_module", "acme_module", "other_module"} & set(sys.modules)


@pytest.mark.parametrize("value", ["1", "true", "YES", " on "])
def test_plugins_can_be_shut_out(install: Install, value: str) -> None:
    install("acme-pack", {"acme": "acme_module:make"})
    environ = {"SHUTDOWNKIT_NO_PLUGINS": value}
    assert [one.name for one in available(environ=environ)] == list(BUILT_IN)


@pytest.mark.parametrize("value", ["", "0", "false", "No", "off"])
def test_plugins_count_where_the_variable_says_so(install: Install, value: str) -> None:
    install("acme-pack", {"acme": "acme_module:make"})
    assert "acme" in [one.name for one in available(environ={"SHUTDOWNKIT_NO_PLUGINS": value})]


def test_a_variable_that_says_neither_is_refused() -> None:
    with pytest.raises(CallerError, match="SHUTDOWNKIT_NO_PLUGINS: 'perhaps' is neither 1 nor 0"):
        available(environ={"SHUTDOWNKIT_NO_PLUGINS": "perhaps"})


@pytest.mark.parametrize("name", ["Acme", "ac_me", "-acme", "ac--me", "acme.x", "äcme"])
def test_a_name_that_is_no_slug_is_listed_and_not_loaded(install: Install, name: str) -> None:
    install("acme-pack", {name: "acme_module:make"}, modules={"acme_module": GOOD})
    (one,) = (one for one in available(environ=NONE) if not one.builtin)
    assert one.name == name
    with pytest.raises(BrokenSourceError, match="its name is not lower-case letters"):
        load(one)


@pytest.mark.parametrize(
    "damage", ["[shutdownkit.sources]\nno equals sign\n", "acme = x:y\n[shutdownkit.sources"]
)
def test_a_damaged_package_is_listed_and_harms_no_other(install: Install, damage: str) -> None:
    install("good-pack", {"good": "good_module:make"})
    folder = install("bad-pack", {"bad": "bad_module:make"})
    (folder / "bad_pack-1.0.dist-info" / "entry_points.txt").write_text(damage)
    found = available(environ=NONE)
    assert {"good", *BUILT_IN} <= {one.name for one in found}
    bad = [one for one in found if one.distribution == "bad-pack"]
    assert all("entry points cannot be read" in (one.problem or "") for one in bad)
    assert len(bad) == ("no equals" in damage)


def test_a_package_without_metadata_goes_by_its_folder(install: Install) -> None:
    folder = install("good-pack", {"good": "good_module:make"})
    (folder / "good_pack-1.0.dist-info" / "METADATA").unlink()
    assert ("good", "good_pack") in names(available(environ=NONE))


def test_of_two_copies_the_first_on_the_path_counts(install: Install) -> None:
    install("acme-pack", {"acme": "old_module:make"}, version="1.0", under="old")
    install("acme-pack", {"acme": "new_module:make"}, version="2.0", under="new")
    assert [one.value for one in available(environ=NONE) if one.name == "acme"] == ["new_module:make"]


# --- choosing


def registration(name: str, distribution: str = "pack", value: str = "m:f") -> Registration:
    return Registration(name, distribution, "1.0", value, builtin=False)


WORDS = st.text("abcz09-", min_size=1, max_size=6)


@given(WORDS, st.none() | WORDS, st.none() | st.text(min_size=1, max_size=8))
def test_a_spec_is_read_as_it_is_written(name: str, distribution: str | None, argument: str | None) -> None:
    text = name
    text += "" if distribution is None else f"@{distribution}"
    text += "" if argument is None else f":{argument}"
    assert Spec.parse(text) == Spec(name, distribution, argument)


@given(st.sets(WORDS, min_size=1), st.data())
def test_the_one_that_is_named_is_chosen(all_names: set[str], data: st.DataObject) -> None:
    known = [registration(name) for name in sorted(all_names)]
    name = data.draw(st.sampled_from(sorted(all_names)))
    for spec in (name, f"{name}@pack", f"{name}@PACK:x", f"{name}:C:\\a@b"):
        assert choose(spec, known).name == name
    other = data.draw(WORDS.filter(lambda word: word not in all_names))
    with pytest.raises(UnknownSourceError) as caught:
        choose(other, known)
    assert all(name in str(caught.value) for name in all_names)


@pytest.mark.parametrize("spec", ["", ":", "@", "acme:", "acme@", "@pack", "acme@:x", ":x"])
def test_a_spec_with_an_empty_part_is_refused(spec: str) -> None:
    with pytest.raises(CallerError, match="is not of the form"):
        choose(spec, [registration("acme")])


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(UnknownSourceError) as caught:
        choose("iodda", [registration("ioda"), registration("ooni")])
    assert str(caught.value) == (
        "no installed source is named 'iodda'; there are: ioda, ooni; did you mean ioda?"
    )
    with pytest.raises(UnknownSourceError, match=r"there is none$"):
        choose("ioda", [])


def test_of_two_packages_one_must_be_preferred() -> None:
    known = [registration("acme", "one.pack"), registration("acme", "two-pack")]
    with pytest.raises(DuplicateSourceError) as caught:
        choose("acme", known)
    assert str(caught.value) == (
        "the source 'acme' is provided by one.pack 1.0 and two-pack 1.0; "
        "name one of them: acme@one.pack or acme@two-pack"
    )
    assert isinstance(caught.value, CallerError)
    assert choose("acme@One-Pack", known) == known[0]
    assert choose("acme@two-pack:x", known) == known[1]
    with pytest.raises(UnknownSourceError, match=r"is not of three; it is of one.pack, two-pack"):
        choose("acme@three", known)


def test_one_package_that_registers_a_name_twice_cannot_be_preferred() -> None:
    known = [registration("acme", value="m:f"), registration("acme", value="m:g")]
    for spec in ("acme", "acme@pack"):
        with pytest.raises(DuplicateSourceError, match="pack registers the source 'acme' 2 times"):
            choose(spec, known)


# --- loading and making


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("import nothing_of_this_name", "cannot be imported: ModuleNotFoundError: No module named 'nothing"),
        ("1 / 0", "cannot be imported: ZeroDivisionError: division by zero"),
        ("raise SystemExit('enough\\nof this')", "cannot be imported: SystemExit: enough of this"),
        ("def broken(:", "cannot be imported: SyntaxError"),
        ("other = 1", "cannot be imported: AttributeError"),
        ("make = 'text'", "acme_module:make is not callable"),
        ("def make(config): return 1", "makes an int, which has no method fetch"),
        ("def make(config): return make", "makes a function, which has no method fetch"),
        ("def make(config): raise ValueError('x')", "cannot be made: ValueError: x"),
        ("def make(): pass", "cannot be made: TypeError: make()"),
        ("def make(config): raise SystemExit", "cannot be made: SystemExit"),
        ("class make:\n fetch = print\n info = 3\n def __init__(self, c): pass", "whose info is an int"),
        ("class make:\n def __init__(self, c): self.fetch = print", "whose info is None"),
        (GOOD.replace("info('acme')", "info('other')"), "calls itself 'other'"),
        (GOOD.replace("info('acme')", "1 / 0"), "cannot be made: ZeroDivisionError"),
        (GOOD.replace("return Made(config)", "return Made"), "makes the class Made, which has no method"),
    ],
)
def test_what_is_broken_is_named_with_the_reason(
    install: Install, config: Callable[[str], SourceConfig], code: str, problem: str
) -> None:
    install("acme-pack", {"acme": "acme_module:make"}, modules={"acme_module": code})
    chosen = choose("acme", available(environ=NONE))
    with pytest.raises(BrokenSourceError) as caught:
        make(chosen, config("acme"))
    assert (caught.value.name, caught.value.distribution) == ("acme", "acme-pack")
    assert problem in caught.value.problem
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", ["acme_module", "acme_module:", "not a value", ":make", "acme_module:a.b"])
def test_a_value_that_leads_nowhere_is_broken(install: Install, value: str) -> None:
    install("acme-pack", {"acme": value}, modules={"acme_module": "x = 1"})
    with pytest.raises(BrokenSourceError):
        load(choose("acme", available(environ=NONE)))


def test_a_value_of_another_form_is_named(install: Install) -> None:
    install("acme-pack", {"acme": "this is: no value!"})
    with pytest.raises(BrokenSourceError, match="'this is: no value!' is not of the form module:attribute"):
        load(choose("acme", available(environ=NONE)))


def test_a_missing_extra_and_a_provider_that_fails_pass_as_they_are(
    install: Install, config: Callable[[str], SourceConfig]
) -> None:
    errors = "from shutdownkit.errors import *\n"
    install(
        "acme-pack",
        {"at-import": "one_module:make", "when-made": "two_module:make", "asks": "three_module:make"},
        modules={
            "one_module": f"{errors}raise MissingExtraError('acme', 'thing', 'acme')",
            "two_module": f"{errors}def make(config): raise MissingExtraError('acme', 'thing', 'acme')",
            "three_module": f"{errors}def make(config): raise UnreachableError('no route')",
        },
    )
    known = available(environ=NONE)
    for name in ("at-import", "when-made"):
        with pytest.raises(MissingExtraError, match=r"shutdownkit\[acme\]"):
            make(choose(name, known), config(name))
    with pytest.raises(UnreachableError, match="no route"):
        make(choose("asks", known), config("asks"))


def test_an_interrupt_is_not_taken_for_a_broken_source(install: Install) -> None:
    install("acme-pack", {"acme": "acme_module:make"}, modules={"acme_module": "raise KeyboardInterrupt"})
    with pytest.raises(KeyboardInterrupt):
        load(choose("acme", available(environ=NONE)))


def test_a_good_source_is_made_with_its_config(
    install: Install, config: Callable[[str], SourceConfig]
) -> None:
    install("acme-pack", {"acme": "acme_module:make"}, modules={"acme_module": GOOD})
    given_config = config("acme")
    source = make(choose("acme", available(environ=NONE)), given_config)
    assert source.info.name == "acme"
    assert getattr(source, "config", None) is given_config


def test_a_folder_on_the_path_is_not_needed_after_listing(tmp_path: Path) -> None:
    gone = Registration("acme", "pack", "1.0", "gone_module:make", builtin=False)
    with pytest.raises(BrokenSourceError, match="No module named 'gone_module'"):
        load(gone)
