"""`python -m reminders`: the same as run.py, without its bootstrap."""

import sys

from reminders.cli import main

sys.exit(main())
