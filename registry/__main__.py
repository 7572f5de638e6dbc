"""`python -m registry`: the registry's commands."""

import os
import sys

try:
    from registry.cli import main

    status = main(sys.argv[1:])
    sys.stdout.flush()
except KeyboardInterrupt:  # before a command has begun: nothing to tell, nothing to tidy
    status = 130
except BrokenPipeError:  # whoever read the output has read enough, as `head` does
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    status = 141
sys.exit(status)
