"""What every command pays before it does anything."""

import subprocess
import sys


def test_no_command_hashes_a_password_to_start() -> None:
    code = (
        "import argon2, sys\n"
        "argon2.PasswordHasher.hash = lambda *a, **k: sys.exit('hashed')\n"
        "import access.cli, ingest.worker"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
