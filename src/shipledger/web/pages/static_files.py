"""The static files of pages, kept in memory: there are few, and they are small."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.responses import FileResponse, Response
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

_KEPT_HEADERS = ("etag", "last-modified")


class KeptFiles(StaticFiles):
    """Static files from memory. Served from disk, slow clients would exhaust open files."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)
        self._contents: dict[str, bytes] = {}

    def file_response(self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200) -> Response:
        """The whole file, or that it has not changed."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        if not isinstance(response, FileResponse):
            return response
        headers = {name: response.headers[name] for name in _KEPT_HEADERS}
        return Response(self._read(full_path), status_code, headers, media_type=response.media_type)

    def _read(self, path: PathLike) -> bytes:
        name = os.fspath(path)
        if name not in self._contents:
            self._contents[name] = Path(name).read_bytes()
        return self._contents[name]
