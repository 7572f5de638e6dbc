"""The story of the demo, step by step, each through the pages that people use."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from registry.errors import N_, UnavailableError
from registry.sandbox.demo import office, papers, sittings
from registry.sandbox.demo.plan import Answer, Pupil, online_signers
from registry.sandbox.demo.stage import Stage

AT_ONCE = 16
PATIENCE = 180
One = TypeVar("One")


def play(stage: Stage, plan: Sequence[Pupil]) -> None:
    """Take a school's file from the upload to the platform's verified acknowledgement.

    Raises:
        UnavailableError: a page refused what it should have taken; names page and words.
    """
    signers = online_signers(plan)
    for one in signers:
        stage.post.join(one.person.phone or "", one.address)
    with stage.progress.step(N_("Список школы: загрузка, проверка, приём")):
        office.upload_roster(stage)
    with stage.progress.step(N_("Программа и приглашения")):
        office.join_and_invite(stage)
    _each(stage, N_("Решения онлайн"), signers, lambda one: sittings.decide(stage, one))
    classes = sorted({pupil.class_name for pupil in plan if pupil.on_paper})
    _each(stage, N_("Бумажные согласия, по классам"), classes, lambda name: papers.enter(stage, name, plan))
    leaving = [one for one in signers if one.answer is Answer.WITHDRAWN]
    _each(stage, N_("Отзывы согласий"), leaving, lambda one: sittings.withdraw(stage, one))
    with stage.progress.step(N_("Передача: подготовка, утверждение директором")):
        office.prepare(stage)
        office.sign_off(stage)
    with stage.progress.step(N_("Отправка и подтверждение платформы")):
        _wait_for(lambda: office.is_acknowledged(stage))
    stage.post.close()


def _each(stage: Stage, title: str, items: Sequence[One], do: Callable[[One], None]) -> None:
    """Do something for each item, several at once; the first failure ends it."""
    with stage.progress.step(title, len(items)) as step, ThreadPoolExecutor(AT_ONCE) as pool:
        for done in _results(pool, items, do):
            step.advance()
            del done


def _results(pool: ThreadPoolExecutor, items: Iterable[One], do: Callable[[One], None]) -> Iterable[None]:
    try:
        yield from pool.map(do, items)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise UnavailableError(
                N_("Платформа не подтвердила приём за отведённое время."), code="no-answer"
            )
        time.sleep(0.5)
