"""Encrypted connections, and connections through PgBouncer."""

import pytest

from shipledger.errors import Unavailable
from shipledger.store.open import open_store
from shipledger.store.postgres.options import Options
from tests.support.pgbouncer import PgBouncer, shared_pgbouncer
from tests.support.postgres import PostgresServer, new_ledger_database
from tests.support.tls import make_certificate


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory):
    """A server that speaks TLS under the name localhost, and its certificate."""
    certificate = make_certificate(tmp_path_factory.mktemp("tls"), ["localhost"])
    server = PostgresServer(speaks_tls=True)
    kept = str(server.give(certificate))
    server.configure(ssl="on", ssl_cert_file=kept, ssl_key_file=kept)
    server.start()
    yield server, certificate
    server.close()


async def test_the_server_proves_itself_by_a_certificate_that_the_url_names(encrypted, tmp_path):
    server, certificate = encrypted
    url = server.url("postgres").replace("127.0.0.1", "localhost")
    store = await open_store(f"{url}?sslmode=verify-full&sslrootcert={certificate}")
    facts = await store.describe()
    assert facts["is_encrypted"] is True
    assert facts["location"] == f"localhost:{server.port}/postgres"
    await store.close()


async def test_a_server_that_does_not_prove_itself_gets_nothing(encrypted, tmp_path):
    server, certificate = encrypted
    url = server.url("postgres").replace("127.0.0.1", "localhost")
    stranger = make_certificate(tmp_path, ["localhost"])
    for address in (
        f"{url}?sslmode=verify-full&sslrootcert={stranger}",
        f"{server.url('postgres')}?sslmode=verify-full&sslrootcert={certificate}",
    ):
        with pytest.raises(Unavailable, match="certificate"):
            await open_store(address)


async def test_pgbouncer_is_noticed():
    async with new_ledger_database() as url:
        store = await open_store(shared_pgbouncer().url(url))
        assert (await store.describe())["has_pgbouncer"] is True
        await store.ping()
        await store.close()


async def test_a_pgbouncer_that_cannot_be_noticed_is_named_by_a_setting():
    pgbouncer = PgBouncer(ignores="statement_timeout, jit")
    try:
        async with new_ledger_database() as url:
            store = await open_store(pgbouncer.url(url), Options(has_pgbouncer=True))
            assert (await store.describe())["has_pgbouncer"] is True
            await store.close()
    finally:
        pgbouncer.close()
