"""`python -m registry`: the registry's commands."""

import sys

from registry.cli import main

sys.exit(main(sys.argv[1:]))
