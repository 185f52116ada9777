"""Known weaknesses of the locked packages: ``make audit``.

Asks the package index, by pip-audit. Where it cannot be asked, or knows of no weaknesses at all, that is said and is no
failure. With weaknesses the exit code is 1.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCKS = ("run", "dev", "build", "tools")
_PROBED = 3  # packages that are asked for first: an index that knows none of them knows no weaknesses
_PATIENCE_S = 300
_PIN = re.compile(r"(?m)^([A-Za-z0-9._-]+==[^\s;]+)")


def main() -> int:
    files = ((ROOT / "requirements" / f"{name}.txt").read_text("utf-8") for name in LOCKS)
    pins = sorted({pin for file in files for pin in _PIN.findall(file)})
    probe = _asked(pins[:_PROBED])
    if not probe or all("skip_reason" in package for package in probe):
        print("nothing was audited: from here no index can be asked for known weaknesses")
        return 0
    found: list[dict[str, Any]] = []
    for first in range(2):  # a package may be locked in two versions, for two versions of Python
        found += _asked(_each_once(pins, first)) or []
    weak = [package for package in found if package.get("vulns")]
    unknown = sum("skip_reason" in package for package in found)
    for package in weak:
        for weakness in package["vulns"]:
            mended = ", ".join(weakness["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {weakness['id']}, mended in {mended}")
    print(
        f"{len(found) - unknown} packages audited, {len(weak)} with known weaknesses; {unknown} are not known to the index"
    )
    return int(bool(weak))


def _each_once(pins: list[str], place: int) -> list[str]:
    """The first, or the second, of the versions of each package."""
    versions: dict[str, list[str]] = {}
    for pin in pins:
        versions.setdefault(pin.partition("==")[0].lower(), []).append(pin)
    return [found[place] for found in versions.values() if len(found) > place]


def _asked(pins: list[str]) -> list[dict[str, Any]] | None:
    """What the index knows of each package; ``None`` where it does not answer."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pins.txt"
        file.write_text("\n".join(pins))
        command = [
            str(Path(sys.executable).with_name("pip-audit")), "--disable-pip", "--no-deps", "--requirement", str(file),
            "--format", "json", "--progress-spinner", "off", "--timeout", "15",
        ]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
            packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
        except (subprocess.TimeoutExpired, ValueError, KeyError):
            return None
    return packages


if __name__ == "__main__":
    sys.exit(main())
