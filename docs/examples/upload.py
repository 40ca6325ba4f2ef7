"""Upload a file: `python upload.py <API address> <file>`, with a curator's access token in NEXUS_TOKEN."""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

PART_BYTES = 8 * 1024 * 1024


def ask(address: str, token: str, **but: Any) -> Any:
    """Return the answer to a request."""
    headers = {"Authorization": f"Bearer {token}"} | but.pop("headers", {})
    return urlopen(Request(address, headers=headers, **but))  # noqa: S310 -- the caller's own address


# --8<-- [start:begin]
def begin(api: str, token: str, path: Path) -> dict[str, Any]:
    """Announce a file, or find it among what was announced before."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    for upload in json.load(ask(f"{api}/uploads/?limit=100", token))["results"]:
        if upload["sha256"] == sha256:
            return dict(upload)
    announced = {"file_name": path.name, "size_bytes": path.stat().st_size, "sha256": sha256}
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
    created = ask(f"{api}/uploads/", token, data=json.dumps(announced).encode(), headers=headers)
    return dict(json.load(created))


# --8<-- [end:begin]


# --8<-- [start:send]
def send(upload: dict[str, Any], token: str, path: Path) -> Iterator[int]:
    """Send what is missing of a file, part by part, and yield how far it is."""
    offset = int(ask(upload["send_to"], token, method="HEAD").headers["Upload-Offset"])
    with path.open("rb") as file:
        while offset < upload["size_bytes"]:
            file.seek(offset)
            headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            part = file.read(PART_BYTES)
            answer = ask(upload["send_to"], token, method="PATCH", data=part, headers=headers)
            offset = int(answer.headers["Upload-Offset"])
            yield offset


# --8<-- [end:send]

if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: NEXUS_TOKEN=… python upload.py http://127.0.0.1:8000/api/v1 <file>")
    api, path, token = sys.argv[1].rstrip("/"), Path(sys.argv[2]), os.environ["NEXUS_TOKEN"]
    try:
        upload = begin(api, token, path)
        for offset in send(upload, token, path):
            sys.stdout.write(f"{offset} of {upload['size_bytes']} bytes\n")
    except HTTPError as error:
        problem = json.load(error)
        sys.exit(f"{problem['status']} {problem['type']}: {problem['detail']}")
