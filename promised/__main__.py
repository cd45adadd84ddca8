"""``python -m promised``."""

import sys

from promised.cli import main

sys.exit(main())
