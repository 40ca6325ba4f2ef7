"""PgBouncer lends a connection for a transaction: who may live with that goes through it, who may not goes past it."""

from configparser import ConfigParser
from pathlib import Path

import psycopg
import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
SERVICES = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]
POOLED = 'DATABASE_URL="$$PGBOUNCER_URL"'


@pytest.fixture
def pooler():
    found = ConfigParser(comment_prefixes=";")
    found.read(CHECKOUT / "capstone/deploy/pgbouncer.ini")
    return found["pgbouncer"]


def test_it_keeps_more_statements_than_a_connection_prepares(pooler):
    assert pooler["pool_mode"] == "transaction"
    assert pooler.getint("max_prepared_statements") >= 100  # psycopg's prepared_max


def test_our_psycopg_closes_a_statement_by_the_protocol():
    """Otherwise it sends DEALLOCATE, which PgBouncer does not understand: libpq 17 is the first that can."""
    assert psycopg.capabilities.has_send_close_prepared()


@pytest.mark.parametrize("name", ["api", "media"])
def test_who_answers_requests_goes_through_it(name):
    service = SERVICES[name]

    assert POOLED in service["command"][-1]
    assert service["depends_on"]["pgbouncer"] == {"condition": "service_healthy"}


@pytest.mark.parametrize("name", ["seed", "relay", "worker", "encoder"])
def test_what_lives_longer_than_a_transaction_goes_past_it(name):
    """Migrations, LISTEN, and advisory locks of a session."""
    assert "PGBOUNCER_URL" not in str(SERVICES[name])


def test_it_takes_fewer_connections_than_the_server_has(pooler):
    assert pooler.getint("default_pool_size") < 100 < pooler.getint("max_client_conn")
