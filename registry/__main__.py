"""`python -m registry`: the registry's commands."""

import sys

try:
    from registry.cli import main

    status = main(sys.argv[1:])
except KeyboardInterrupt:  # before a command has begun: nothing to tell, nothing to tidy
    status = 130
sys.exit(status)
