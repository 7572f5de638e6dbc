"""Steps: any of the definition's, tried by somebody who may or may not, and guards that open and shut."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from registry.errors import ConflictError, ForbiddenError, NotFoundError
from registry.trail.entries import SYSTEM, Actor
from registry.workflows import usecases
from registry.workflows.cases import Case
from registry.workflows.definition import Transition
from tests.workflows.model.machine import CLOSED, STALE, Answer, Machine
from tests.workflows.model.people import SCHOOL
from tests.workflows.model.playing import shut


class Steps(Machine):
    """Tries steps."""

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """Try any step of any version, also one that is not possible, by somebody who may or may not."""
        case = self.some_case(data)
        definition = self.definition(case)
        near = [step.id for step in definition.ways_out(case.state)]
        far = [step.id for step in self.played.newest(case.definition_id).transitions]
        name = data.draw(st.sampled_from([*near * 6, *far, "no_such_step"]))
        step = definition.transition(name)
        by = [] if step is None else [*step.by, *step.by]
        role = data.draw(st.sampled_from([*by, "auditor"]))
        revision = data.draw(st.sampled_from([None, case.revision, case.revision, case.revision - 1]))
        self.work.actor = actor_of(role)
        self.attempt(
            self.answer(case, step, role, revision),
            lambda: usecases.advance(self.work, case.id, name, revision=revision),
        )

    def answer(self, case: Case, step: Transition | None, role: str, revision: int | None) -> Answer:
        if step is None:
            return NotFoundError, "no-such-step"
        if revision not in (None, case.revision):
            return STALE
        if case.closed_at is not None:
            return CLOSED
        if step.immediate or case.state not in step.sources:
            return ConflictError, "step-not-possible"
        return self.refused(case, step) if role in step.by else (ForbiddenError, "step-not-yours")

    @rule(data=st.data())
    def switch(self, data: st.DataObject) -> None:
        """Open a guard or shut it; what could go on by itself does so with the next event, not at once."""
        names = self.played.guards()
        if names:
            shut.symmetric_difference_update({data.draw(st.sampled_from(names))})
            self.switched = {one.id: one.revision for one in self.cases.values()}


def actor_of(role: str) -> Actor:
    return SYSTEM if role in ("system", "platform") else Actor("staff", None, role, "password", SCHOOL)
