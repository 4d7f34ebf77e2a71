"""The dependency audit: what pip-audit says of the pinned packages, and whether it could say anything.

pip-audit passes over a package whose advisories it cannot fetch and ends with success. Here that is told and is no success:
exit 1 where a vulnerability is known, 3 where packages were not audited, 0 where all were and none is known.
"""

import json
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Audit requirements.txt."""
    words = [
        "pip-audit",
        "-r",
        "requirements.txt",
        "--require-hashes",
        "--disable-pip",
        "-f",
        "json",
        "--progress-spinner",
        "off",
    ]
    done = subprocess.run(
        [Path(sys.executable).with_name(words[0]), *words[1:]],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        told = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"dependency audit: no answer: {done.stderr.strip()[-300:]}", file=sys.stderr)
        return 3
    skipped = [each["name"] for each in told if "skip_reason" in each]
    for each in told:
        for found in each.get("vulns", ()):
            print(
                f"{each['name']} {each['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or '-'}"
            )
    print(
        f"dependency audit: {len(told) - len(skipped)} packages audited, {len(skipped)} NOT AUDITED",
        file=sys.stderr,
    )
    if any(each.get("vulns") for each in told):
        return 1
    return 3 if skipped else 0


if __name__ == "__main__":
    sys.exit(main())
