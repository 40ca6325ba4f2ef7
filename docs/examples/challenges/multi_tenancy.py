"""Two libraries share tables: six ways to forget the other one, with conditions by hand and with row-level security."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import stage

# --8<-- [start:tables]
TABLES = """
    DROP SCHEMA IF EXISTS tenancy CASCADE;
    CREATE SCHEMA tenancy;
    CREATE TABLE tenancy.books (tenant int NOT NULL, id int, title text, PRIMARY KEY (tenant, id));
    CREATE TABLE tenancy.loans (tenant int NOT NULL, book int NOT NULL, reader text,
                                FOREIGN KEY (tenant, book) REFERENCES tenancy.books (tenant, id));
    INSERT INTO tenancy.books SELECT t, n, 'Book ' || n FROM generate_series(1, 2) t, generate_series(1, 50) n;
    INSERT INTO tenancy.loans SELECT t, n, 'Reader ' || n FROM generate_series(1, 2) t, generate_series(1, 20) n;
"""
# --8<-- [end:tables]
# --8<-- [start:policies]
POLICIES = """
    ALTER TABLE tenancy.books ENABLE ROW LEVEL SECURITY;
    ALTER TABLE tenancy.loans ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_books ON tenancy.books USING (tenant = nullif(current_setting('app.tenant', true), '')::int);
    CREATE POLICY own_loans ON tenancy.loans USING (tenant = nullif(current_setting('app.tenant', true), '')::int);
"""
# --8<-- [end:policies]
ROLE = f"tenant_app_{os.getpid()}"
GRANTS = f"""
    GRANT USAGE ON SCHEMA tenancy TO {ROLE};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA tenancy TO {ROLE};
"""
# What library 1 sends, and how many rows it should touch.
# --8<-- [start:statements]
STATEMENTS = {
    "list, with its condition": "SELECT tenant FROM tenancy.books WHERE tenant = 1",
    "list, condition forgotten": "SELECT tenant FROM tenancy.books",
    "join, condition on one table": """
        SELECT l.tenant FROM tenancy.books b JOIN tenancy.loans l ON l.book = b.id WHERE b.tenant = 1""",
    "by an id of the address": "SELECT tenant FROM tenancy.books WHERE id = 7",
    "update, condition forgotten": "UPDATE tenancy.books SET title = upper(title) RETURNING tenant",
    "insert for the other one": "INSERT INTO tenancy.books VALUES (2, 99, 'Ours?') RETURNING tenant",
}
# --8<-- [end:statements]


def connected() -> psycopg.Connection:
    """Return a connection as the owner of the tables."""
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


@contextmanager
def application_role() -> Iterator[None]:
    """Make a role that owns nothing, and drop it afterwards: roles outlive a database."""
    with connected() as owner:
        owner.execute(f"CREATE ROLE {ROLE}")
        try:
            yield
        finally:
            owner.execute(f"DROP OWNED BY {ROLE}")
            owner.execute(f"DROP ROLE {ROLE}")


def others_rows(*, policies: bool, as_owner: bool = False) -> list[object]:
    """Run each statement as library 1; return how many of the other's rows it touched, or the SQLSTATE."""
    with connected() as connection:
        connection.execute(TABLES + GRANTS + (POLICIES if policies else ""))
        if not as_owner:
            connection.execute(f"SET ROLE {ROLE}")
        return [touched(connection, statement) for statement in STATEMENTS.values()]


def touched(connection: psycopg.Connection, statement: str) -> object:
    """Run one statement as library 1, and take it back."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("SELECT set_config('app.tenant', '1', true)")
            return sum(tenant == 2 for (tenant,) in connection.execute(statement))
    except psycopg.Error as error:
        return str(error.sqlstate)


def next_caller_sees(*, local: bool) -> int:
    """Serve library 1, then a caller whose library nobody has set, on the same connection; count what the second sees."""
    with connected() as connection:
        connection.execute(TABLES + GRANTS + POLICIES)
        connection.execute(f"SET ROLE {ROLE}")
        with connection.transaction():
            connection.execute("SELECT set_config('app.tenant', '1', %s)", [local])
        with connection.transaction():
            return connection.execute("SELECT count(*) FROM tenancy.books").fetchone()[0]


def main() -> None:
    """Print both tables."""
    with application_role():
        ways = {
            "by hand": others_rows(policies=False),
            "policies, as owner": others_rows(policies=True, as_owner=True),
            "as application": others_rows(policies=True),
        }
        sees = [next_caller_sees(local=local) for local in (False, True)]
    stage.table(
        ["rows of library 2", *ways],
        [(name, *(way[number] for way in ways.values())) for number, name in enumerate(STATEMENTS)],
    )
    stage.table(
        ["the tenant is set", "for the session", "for the transaction"],
        [("books the next caller sees", *sees)],
    )


main()
