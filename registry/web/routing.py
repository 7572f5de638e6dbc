"""Routes that make the code for their addresses when the first address is asked for."""

from collections.abc import Callable

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A rule that makes the code for its addresses at their first use, and not twice for each at the start.

    With all rooms there are hundreds of rules, of which a process names few: to compile all of them took
    longer than everything else of making the application.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Builder:  # noqa: FBT001, FBT002 - the parent's own
        compile_now = super()._compile_builder
        kept_as = "_build_unknown" if append_unknown else "_build"

        def build_first(rule: Rule, /, **values: object) -> tuple[str, str]:
            built: Builder = compile_now(append_unknown).__get__(rule)
            setattr(rule, kept_as, built)
            return built(**values)

        return build_first
