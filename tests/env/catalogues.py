"""A catalogue as a dict of tables, written into Redis as people edit it."""

import json

TABLES = ("departments", "areas", "routes", "policies", "calendars", "meta")


def load_catalogue(client, prefix, catalogue, version=1):
    """Replaces the six hashes by {table: {field: entry}} in one MULTI."""
    unknown = set(catalogue) - set(TABLES)
    assert not unknown, f"no such table: {unknown}"
    tables = {table: dict(catalogue.get(table, {})) for table in TABLES}
    tables["meta"].setdefault("version", version)
    pipe = client.pipeline(transaction=True)
    for table, entries in tables.items():
        pipe.delete(prefix + table)
        if entries:
            pipe.hset(prefix + table, mapping={
                field: as_stored(table, entry)
                for field, entry in entries.items()})
    pipe.execute()


def as_stored(table, entry):
    if table == "meta" or isinstance(entry, (str, bytes)):
        return str(entry) if not isinstance(entry, bytes) else entry
    return json.dumps(entry, ensure_ascii=False)
