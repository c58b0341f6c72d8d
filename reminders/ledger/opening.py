"""A ledger is opened: its directory, its lock, its database and its tables, each looked at before anything is sent."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Literal, overload

from sqlalchemy.exc import DatabaseError

from reminders.ledger import migrations, recovery
from reminders.ledger.base import LedgerLost, LedgerRefused
from reminders.ledger.database import Database, damaged, file_database, memory_database, server_database
from reminders.ledger.sql import SqlLedger
from reminders.ledger.state_dir import Lock, make_state_dir, open_file, refuse_network_drive
from reminders.ledger.witness import Witness

FILE = "ledger.sqlite"
