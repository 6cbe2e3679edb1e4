"""The floor: the least that a durable, asynchronous create and a read by id could do on the same server.

No authentication, no validation beyond decoding, no receipt, no settlement: decode, group-commit one row, answer.
"""

import asyncio
import os
import queue
import sqlite3
import threading
import uuid

import msgspec


class Create(msgspec.Struct):
    state: str
    environment: dict[str, str]
    startedAt: str  # noqa: N815  as on the wire
    releases: list[dict]
    externalId: str | None = None  # noqa: N815
    message: str | None = None


class Floor:
    def __init__(self, database, ledger=None, query=""):
        self.decoder = msgspec.json.Decoder(Create)
        self.database, self.waiting, self.loop = database, queue.SimpleQueue(), None
        self.query, self.ledger = query, sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) if ledger else None

    def write(self):
        connection = sqlite3.connect(self.database, isolation_level=None)
        connection.executescript("pragma journal_mode = wal; pragma synchronous = full")
        connection.execute("create table row (id text primary key, body blob)")
        while True:
            batch = [self.waiting.get(), *(self.waiting.get_nowait() for _ in range(self.waiting.qsize()))]
            connection.execute("begin immediate")
            connection.executemany("insert into row values (?, ?)", [(row_id, body) for row_id, body, _ in batch])
            connection.execute("commit")
            self.loop.call_soon_threadsafe(lambda done=batch: [future.set_result(None) for *_, future in done])

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            self.loop = asyncio.get_running_loop()
            threading.Thread(target=self.write, daemon=True).start()
            for stage in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{stage}.complete"})
        elif scope["method"] == "POST":
            body = (await receive())["body"]
            self.decoder.decode(body)
            row_id, future = str(uuid.uuid4()), self.loop.create_future()
            self.waiting.put((row_id, body, future))
            await future
            await answer(
                send, 202, msgspec.json.encode({"result": "Request will be processed", "took": 0.001, "requestId": row_id})
            )
        else:
            key = scope["path"].rpartition("/")[2]
            (document,) = self.ledger.execute(self.query, {"deployment_id": key}).fetchone()
            await answer(send, 200, document.encode() if isinstance(document, str) else document)


async def answer(send, status, body):
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def from_environment():
    return Floor(*(os.environ[name] for name in ("FLOOR_DATABASE", "FLOOR_LEDGER", "FLOOR_QUERY")))
