"""Debian packages: downloaded by name with apt-get, unpacked with dpkg-deb, never installed."""

import subprocess
from pathlib import Path


def fetch(names: list[str], work: Path) -> dict[str, Path]:
    """Downloads what `work` does not hold yet; returns where each package is unpacked."""
    archives, unpacked = work / "archives", work / "unpacked"
    archives.mkdir(parents=True, exist_ok=True)
    missing = [name for name in names if not any(archives.glob(f"{name}_*.deb"))]
    if missing:
        subprocess.run(["apt-get", "download", "-qq", *missing], cwd=archives, check=True)
    for name in names:
        if not (unpacked / name).exists():
            subprocess.run(["dpkg-deb", "-x", str(archive(name, work)), str(unpacked / name)], check=True)
    return {name: unpacked / name for name in names}


def archive(name: str, work: Path) -> Path:
    return next((work / "archives").glob(f"{name}_*.deb"))


def version(name: str, work: Path) -> str:
    fields = subprocess.run(
        ["dpkg-deb", "-f", str(archive(name, work)), "Version"], check=True, capture_output=True, text=True
    )
    return fields.stdout.strip()
