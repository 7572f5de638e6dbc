"""What all applications and clients of a process share: address patterns, templates' code, authorities.

Each test makes an application of its own, with the same hundreds of routes and the same templates as the one
before: to make the patterns took most of that time, to read the templates' code most of a first page's. Each
client over HTTP reads the same hundred certificates of authorities, whether it will speak TLS or not.
"""

import ssl
from collections.abc import Hashable
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, Final

from httpx._transports import default as lines
from jinja2.bccache import Bucket

from registry.web.routing import LateRule
from registry.web.templating import Compiled

MADE: Final = ("_parts", "_trace", "_converters", "arguments")
"""What werkzeug makes of a rule's text; it only reads it afterwards."""
made: dict[Hashable, dict[str, Any]] = {}
read: dict[Hashable, CodeType] = {}

make_context = lines.create_ssl_context
compile_rule = LateRule.compile
load_bytecode = Compiled.load_bytecode


def compile_once(rule: LateRule) -> None:
    """Compile a rule as the last one of the same text, on a map with the same converters, was compiled."""
    kinds = rule.map
    assert kinds is not None
    key = (
        *(rule.rule, rule.host, rule.subdomain, rule.merge_slashes),
        *(kinds.host_matching, *kinds.converters.items(), *rule.arguments),
    )
    if key not in made:
        compile_rule(rule)
        made[key] = {name: getattr(rule, name) for name in MADE}
        return
    vars(rule).update(made[key])
    rule._build = rule._compile_builder(append_unknown=False).__get__(rule, None)  # noqa: SLF001 - as werkzeug does
    rule._build_unknown = rule._compile_builder(append_unknown=True).__get__(rule, None)  # noqa: SLF001 - the same


def load_once(cache: Compiled, bucket: Bucket) -> None:
    """Read the code of a template once, for as long as the file that keeps it is there as it was."""
    kept = Path(cache._get_cache_filename(bucket))  # noqa: SLF001 - it has no public name
    try:
        state = kept.stat()
    except OSError:
        return
    key = (bucket.checksum, str(kept.resolve()), state.st_mtime_ns, state.st_size)
    if key in read:
        bucket.code = read[key]
        return
    load_bytecode(cache, bucket)
    if bucket.code is not None:
        read[key] = bucket.code


@cache
def usual_authorities() -> ssl.SSLContext:
    """Trust whom httpx trusts by itself, when it is not to look into the environment."""
    return make_context(trust_env=False)


def trusting(*, verify: ssl.SSLContext | str | bool, trust_env: bool, **more: Any) -> ssl.SSLContext:
    """Give a client the usual authorities, unless it asks for others."""
    if verify is True and not trust_env and not any(more.values()):
        return usual_authorities()
    return make_context(verify=verify, trust_env=trust_env, **more)


def share_made() -> None:
    """Let every application and client that is made in this process share."""
    lines.create_ssl_context = trusting  # type: ignore[assignment]
    LateRule.compile = compile_once  # type: ignore[method-assign]
    Compiled.load_bytecode = load_once  # type: ignore[method-assign]
