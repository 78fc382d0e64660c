"""Records behave as dataclasses do, though their methods are written later."""

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from asbuilt import records
from asbuilt.model import Location, Step


def declare(dataclass: Any) -> Any:
    """Declare one class with the standard decorator or ours."""

    @dataclass(frozen=True, slots=True)
    class Thing:
        """A thing."""

        name: str
        size: int = 1
        parts: list[int] = dataclasses.field(default_factory=list)
        note: str = dataclasses.field(default="", compare=False, repr=False)

    return Thing


OURS, STANDARD = declare(records.dataclass), declare(dataclasses.dataclass)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(("a",), {}), (("a", 2, [3]), {}), (("a",), {"note": "x", "size": 4}), ((), {"name": "b", "parts": [1]})],
)
def test_shown_and_taken_apart_as_the_standard_does(arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    ours, standard = OURS(*arguments, **named), STANDARD(*arguments, **named)
    assert repr(ours) == repr(standard)
    assert dataclasses.asdict(ours) == dataclasses.asdict(standard)
    assert OURS.__match_args__ == STANDARD.__match_args__
    assert OURS.__slots__ == STANDARD.__slots__
    assert OURS.__annotations__ == STANDARD.__annotations__


def test_fields_are_told_as_the_standard_tells_them() -> None:
    def told(kind: Any) -> list[tuple[Any, ...]]:
        return [(f.name, f.type, f.default, f.default_factory, f.compare, f.repr) for f in dataclasses.fields(kind)]

    assert told(OURS) == told(STANDARD)
    assert told(OURS("a")) == told(STANDARD("a"))
    assert dataclasses.is_dataclass(OURS)


def test_wrong_arguments_are_refused() -> None:
    for arguments in ((), ("a", 1, [], "", 5)):
        with pytest.raises(TypeError, match="__init__"):
            OURS(*arguments)
    with pytest.raises(TypeError, match="unexpected"):
        OURS("a", colour="red")


def test_each_has_containers_of_its_own() -> None:
    assert OURS("a").parts is not OURS("b").parts


def test_equality_leaves_out_what_is_not_compared() -> None:
    assert OURS("a", note="x") == OURS("a", note="y")
    assert OURS("a") != OURS("b")
    assert OURS("a") != STANDARD("a")


def test_ordered_as_the_standard_orders() -> None:
    made = []
    for dataclass in (records.dataclass, dataclasses.dataclass):

        @dataclass(frozen=True, slots=True, order=True)
        class Place:
            """Ordered."""

            name: str
            line: int = 0
            note: str = dataclasses.field(default="", compare=False)

        low, high = Place("a", 1, "z"), Place("a", 2, "a")
        made.append([low < high, low <= low, low > high, high >= low, min([high, low]).line])
        with pytest.raises(TypeError, match="not supported"):
            _ = low < ("a", 1)
    assert made[0] == made[1] == [True, True, False, True, 1]


def test_a_field_that_must_be_given_behind_one_that_need_not_is_refused() -> None:
    @records.dataclass(frozen=True, slots=True)
    class Wrong:
        """Cannot be made."""

        size: int = 1
        name: str  # type: ignore[misc]

    with pytest.raises(TypeError, match="non-default argument 'name' follows"):
        Wrong(1, "a")


def test_hashes_as_it_compares() -> None:
    first, second = Location("a", 1), Location("a", 1)
    assert hash(Step("x", first)) == hash(Step("x", second))
    assert {Step("x", first), Step("x", second)} == {Step("x", first)}


def test_what_is_not_frozen_is_set_and_has_no_hash() -> None:
    @records.dataclass(slots=True)
    class Open:
        """Can be set."""

        name: str = ""

    thing = Open()
    thing.name = "b"
    assert thing == Open("b")
    with pytest.raises(TypeError, match="unhashable"):
        hash(thing)


def test_without_equality_identity_decides() -> None:
    @records.dataclass(frozen=True, slots=True, eq=False)
    class Same:
        """Compared by identity."""

        name: str

    thing = Same("a")
    assert thing == thing
    assert thing != Same("a")
    assert {thing: 1}[thing] == 1


def test_methods_of_the_class_itself_stay() -> None:
    @records.dataclass(frozen=True, slots=True)
    class Loud:
        """Has its own words."""

        name: str

        def __repr__(self) -> str:
            return "LOUD"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

    assert repr(Loud("a")) == "LOUD"
    assert Loud("a") == Loud("b")
    assert hash(Loud("a")) == 7


def test_copied_pickled_and_replaced() -> None:
    step = Step("x", Location("a", 1))
    for same in (copy.copy(step), copy.deepcopy(step), pickle.loads(pickle.dumps(step))):
        assert same == step
    assert dataclasses.replace(step, what="y") == Step("y", Location("a", 1))


def test_replaced_is_what_the_standard_makes() -> None:
    thing = OURS("a", note="x")
    assert records.replaced(thing, size=3) == dataclasses.replace(thing, size=3)
    assert records.replaced(thing, size=3).note == "x"
    assert thing.__replace__(size=3) == records.replaced(thing, size=3)  # what `copy.replace` calls
    with pytest.raises(TypeError, match="has no field 'colour'"):
        records.replaced(thing, colour="red")


def test_heirs_have_the_fields_of_both() -> None:
    @records.dataclass(frozen=True, slots=True)
    class Base:
        """One field."""

        name: str

    @records.dataclass(frozen=True, slots=True)
    class Heir(Base):
        """Another."""

        size: int = 2

    assert (Heir("a").name, Heir("a").size) == ("a", 2)
    assert [f.name for f in dataclasses.fields(Heir)] == ["name", "size"]
    assert [f.name for f in dataclasses.fields(Base)] == ["name"]
    assert (Heir.__slots__, Heir.__match_args__) == (("size",), ("name", "size"))
    assert Heir("a") != Base("a")
    assert Base("a") == Base("a")


def test_what_a_thread_took_before_another_wrote_it_still_works() -> None:
    """Methods and fields are written on first use, which two threads may make at the same time."""

    @records.dataclass(frozen=True, slots=True)
    class Pair:
        one: int
        two: int = 2

    early = {name: vars(Pair)[name] for name in ("__init__", "__eq__", "__hash__", "__dataclass_fields__")}
    pair = Pair(1)
    assert (pair == Pair(1), hash(pair)) == (True, hash((1, 2)))
    assert [field.name for field in dataclasses.fields(Pair)] == ["one", "two"]
    early["__init__"](pair, 3)
    assert (pair.one, pair.two) == (3, 2)
    assert early["__eq__"](pair, Pair(3))
    assert early["__hash__"](pair) == hash((3, 2))
    assert list(early["__dataclass_fields__"].__get__(None, Pair)) == ["one", "two"]
