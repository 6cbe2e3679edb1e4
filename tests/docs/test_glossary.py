from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from enum import StrEnum

import shipledger.access
import shipledger.catalog
import shipledger.ledger
from tests.support.project import DOCS, read

DOMAIN = (shipledger.ledger, shipledger.catalog, shipledger.access)


def list_domain_classes() -> list[type]:
    classes = []
    for package in DOMAIN:
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            members = inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
            classes += [found for name, found in members if found.__module__ == module.name and not name.startswith("_")]
    return classes


CLASSES = list_domain_classes()
WORDS = frozenset(re.findall(r"`([^`]+)`", read(DOCS / "glossary.md")))


def test_every_class_of_the_domain_has_its_entry() -> None:
    names = {found.__name__ for found in CLASSES}
    assert len(names) > 100
    assert sorted(names - WORDS) == []


def test_every_value_of_the_domain_is_explained() -> None:
    values = {member.value for found in CLASSES if issubclass(found, StrEnum) for member in found if member.value}
    assert len(values) > 50
    assert sorted(values - WORDS) == []


def test_no_word_is_explained_twice() -> None:
    words = re.findall(r"^\| ([^|]+?) \|", read(DOCS / "glossary.md"), re.MULTILINE)
    explained = [word for word in words if word not in {"word", "---"}]
    assert len(explained) == len(set(explained))
