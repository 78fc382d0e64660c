"""Write schema-0001.db: a store as it was at revision 0001. Run once; the file is what it was then."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, Table, create_engine

from asbuilt.model import Gap
from asbuilt.store import rows

sys.path.insert(0, str(Path(__file__).parents[2]))
from store import made

target = Path(__file__).parent / "schema-0001.db"
target.unlink(missing_ok=True)
engine = create_engine(f"sqlite:///{target}")
config = Config()
config.set_main_option("script_location", "asbuilt.store:migrations")
with engine.begin() as connection:
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")
    tables = {name: Table(name, MetaData(), autoload_with=connection) for name in ("runs", "sections", "findings")}
    for number, run in enumerate(made.quarter()[8:14]):
        if number == 2:
            run = replace(
                run, gaps=(Gap("terraform", "broken.tf", "cannot be parsed", types=frozenset({"AWS::S3::Bucket"})),)
            )
        document = made.document(run)
        row = rows.run_row(run, document, "")
        row["started_at"] = row["started_at"].replace(tzinfo=None)
        own = {key: value for key, value in row.items() if key in tables["runs"].c}
        connection.execute(tables["runs"].insert().values(own))
        for name, found in (("sections", rows.section_rows(run)), ("findings", rows.finding_rows(run))):
            if found:
                connection.execute(tables[name].insert(), [{"run": row["id"], **part} for part in found])
