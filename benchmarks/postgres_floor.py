"""The floors on PostgreSQL: the least that a durable create could do there, in groups and one transaction for each.

As the floor on SQLite: decode, commit one row, answer. With one connection all that wait share the next commit; with
several, each request has a transaction of its own on whichever is free.
"""

import asyncio
import os
import uuid

import asyncpg
import msgspec

from benchmarks.floor import Create, answer

GROUPED = "insert into row select * from unnest($1::text[], $2::bytea[])"
SINGLE = "insert into row values ($1, $2)"


class PostgresFloor:
    def __init__(self, url, connections):
        self.decoder = msgspec.json.Decoder(Create)
        self.url, self.connections, self.pool = url, connections, None
        self.waiting, self.arrived = [], asyncio.Event()

    async def write(self):
        async with self.pool.acquire() as connection:
            while True:
                await self.arrived.wait()
                self.arrived.clear()
                batch, self.waiting = self.waiting, []
                await connection.execute(GROUPED, [row_id for row_id, *_ in batch], [body for _, body, _ in batch])
                for *_, future in batch:
                    future.set_result(None)

    async def commit(self, row_id, body):
        if self.connections > 1:
            await self.pool.execute(SINGLE, row_id, body)
            return
        future = asyncio.get_running_loop().create_future()
        self.waiting.append((row_id, body, future))
        self.arrived.set()
        await future

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            self.pool = await asyncpg.create_pool(self.url, min_size=self.connections, max_size=self.connections)
            await self.pool.execute("create table if not exists row (id text primary key, body bytea)")
            writing = asyncio.create_task(self.write()) if self.connections == 1 else None
            await send({"type": "lifespan.startup.complete"})
            await receive()
            if writing:
                writing.cancel()
            self.pool.terminate()
            await send({"type": "lifespan.shutdown.complete"})
        else:
            body = (await receive())["body"]
            self.decoder.decode(body)
            row_id = str(uuid.uuid4())
            await self.commit(row_id, body)
            await answer(
                send, 202, msgspec.json.encode({"result": "Request will be processed", "took": 0.001, "requestId": row_id})
            )


def from_environment():
    return PostgresFloor(os.environ["FLOOR_URL"], int(os.environ["FLOOR_CONNECTIONS"]))
