"""The floor: one loop that sends finished mails over one kept-open connection, and nothing else."""

import smtplib
import sqlite3
import sys
from pathlib import Path


def main(ledger: str, port: str) -> None:
    mails = sqlite3.connect(f"file:{Path(ledger)}?mode=ro", uri=True).execute(
        "SELECT sender, address, mime FROM entries JOIN texts ON texts.entry_id = entries.id"
    )
    with smtplib.SMTP("127.0.0.1", int(port), local_hostname="localhost") as server:
        for sender, address, mime in mails:
            server.sendmail(sender, address, mime)


if __name__ == "__main__":
    main(*sys.argv[1:])
