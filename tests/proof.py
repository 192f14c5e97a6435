"""Whether this run shows the full figures (``make proof``) or a share of them (``make test``)."""

import os

FULL = os.environ.get("PARK_PROOF") == "1"
