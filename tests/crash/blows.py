"""Striking an installation at a failpoint: in this process, or in a child that dies of it."""

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from registry.config import load_settings
from registry.storage.failpoints import EXITED, Action, Strike, listening
from registry.work import Registry
from tests.crash.shelf import Place
from tests.crash.story import STAGES
from tests.crash.town import Stage, Town

IN_A_CHILD = {Action.EXIT: EXITED, Action.KILL: -signal.SIGKILL}

children = multiprocessing.get_context("forkserver")
# All that children need is imported once: each of them then starts within some milliseconds.
children.set_forkserver_preload(["pytest", "tests.crash.story", "tests.crash.roles", "tests.crash.dues"])


@contextmanager
def struck(place: Place, stage: Stage, said: Strike) -> Iterator[Town]:
    """Tell a stage until the blow falls; give the registry that people meet after it.

    What only raised or lost its connections goes on in the same process; what died is started again.
    """
    if said.action in IN_A_CHILD:
        ended = _in_a_child(place, stage, f"{said.name}={said.action}@{said.left}")
        assert ended == IN_A_CHILD[said.action], f"{said.name} was not reached in {stage.name}: {ended}"
    town = place.open()
    try:
        if said.action not in IN_A_CHILD:
            said.watch(town.registry.engine)
            with listening(said), suppress(Exception):
                stage.tell(town)
            assert said.fired, f"{said.name} was not reached in {stage.name}"
        yield town
    finally:
        town.registry.engine.dispose()


def _in_a_child(place: Place, stage: Stage, said: str) -> int | None:
    environ = {**place.environ, "REGISTRY_FAILPOINT": said}
    child = children.Process(target=tell_in_a_child, args=(environ, stage.name, place.mailbox.url))
    child.start()
    child.join(120)
    if child.is_alive():
        child.kill()
    return child.exitcode


def tell_in_a_child(environ: dict[str, str], stage_name: str, mailbox: str) -> None:
    """Tell a stage in a process of its own, which its environment may strike."""
    stage = next(one for one in STAGES if one.name == stage_name)
    stage.tell(Town(Registry.open(load_settings(environ)), mailbox))
