"""Sets of cases that move to another version: by maps that fit, and by some that do not."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from registry.errors import ConflictError, InvalidError
from registry.workflows.cases import Case
from registry.workflows.definition import Definition
from registry.workflows.migrating import usecases as migrating
from registry.workflows.migrating.usecases import Asked
from tests.workflows.model.machine import Answer, Machine
from tests.workflows.model.reckoning import Moved, is_open, shared


class Moves(Machine):
    """Moves sets of cases to other versions, by maps that fit and by some that do not."""

    @rule(data=st.data())
    def migrate(self, data: st.DataObject) -> None:
        process, old = self.some_set(data)
        others = [one for one in self.played.versions[process].values() if one != old]
        new = data.draw(st.sampled_from([*others * 6, old]))
        said = self.some_map(data, old, new)
        asked = Asked(process, old.version, new.version, said)
        moved = Moved(old, new, said)
        going = [
            one for one in self.open_cases() if (one.definition_id, one.version) == (process, old.version)
        ]
        expected = self.answer_to(moved, going)
        if expected is not None:
            self.attempt(expected, lambda: migrating.migrate(self.work, asked))
            return
        self.foresee(asked, moved, going)
        migration = migrating.migrate(self.work, asked)
        assert migration.moved == len(going)
        for case in going:
            self.moves[case.id][case.revision + 1] = moved
        self.look_around()
        for case in going:
            assert self.cases[case.id].revision > case.revision

    def some_set(self, data: st.DataObject) -> tuple[str, Definition]:
        """A process and a version of it, most often one that has open cases."""
        self.keep_one_open(data)
        every = [(process, one) for process in self.played.processes for one in self.played.versions[process]]
        running = [(one.definition_id, one.version) for one in self.open_cases()]
        process, number = data.draw(st.sampled_from([*running * len(every), *every]))
        return process, self.played.versions[process][number]

    def some_map(self, data: st.DataObject, old: Definition, new: Definition) -> dict[str, str]:
        """A place for each state that needs one, mostly; sometimes others, and names that are not there."""
        places = [one.id for one in new.states if is_open(new, one.id)]
        said = {}
        for state in (one.id for one in old.states if is_open(old, one.id)):
            seldom, often = [None, *places], [None] * 6 * len(places) + places
            place = data.draw(st.sampled_from(often if is_open(new, state) else seldom))
            if place is not None:
                said[state] = place
        if data.draw(st.sampled_from([*[False] * 15, True])):
            said[old.start.id] = data.draw(st.sampled_from(["nowhere", *(one.id for one in new.states)]))
        return said

    def answer_to(self, moved: Moved, going: list[Case]) -> Answer:
        if moved.old == moved.new:
            return InvalidError, "same-version"
        for source, target in moved.said.items():
            if not (is_open(moved.old, source) and is_open(moved.new, target)):
                return InvalidError, "no-such-state"
        if not going:
            return ConflictError, "nothing-to-move"
        if any(moved.place(one.state) is None for one in going):
            return ConflictError, "no-place"
        return None

    def foresee(self, asked: Asked, moved: Moved, going: list[Case]) -> None:
        """What is shown beforehand: how many stand where, where they go, and how many are counted anew."""
        plan = migrating.plan(self.work, asked)
        assert plan.homeless == ()
        shown = {one.state: (one.held, one.target, one.counted) for one in plan.places}
        states = {one.state for one in going}
        assert shown == {state: self.standing(moved, state, going) for state in states}

    def standing(self, moved: Moved, state: str, going: list[Case]) -> tuple[int, str | None, int]:
        here = [one for one in going if one.state == state]
        same, target = shared(moved, state), moved.place(state)
        added = {number for number, _ in moved.new.deadlines_of(target or "")} - {*same.values()}
        lost = any(one.binding and n not in same for n, one in moved.old.deadlines_of(state))
        turned = [*same.values()] != sorted(same.values())
        gone = [one for one in here if one.due_line is not None and one.due_line not in same]
        return len(here), target, len(here) if added or lost or turned else len(gone)
