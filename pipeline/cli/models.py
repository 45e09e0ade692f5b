"""`sms24 models`: the tables, what each is made from, and what its columns hold."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.transform.models import Model


@click.command()
@click.argument("name", required=False)
@click.option("--sql", is_flag=True, help="Show the SQL of the model too.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--markdown", is_flag=True, help="The published tables as a page of documentation.")
def models(name: str | None, *, sql: bool, as_json: bool, markdown: bool) -> None:
    """List the models; or explain the one named NAME, such as delivery_daily or core.messages."""
    from pipeline.transform.models import find_models  # noqa: PLC0415 - `--help` needs none of it

    found = find_models()
    if name is not None:
        found = [model for model in found if name in {model.table, model.name}]
        # The published one is meant where a lower one has the same name.
        found = found[-1:]
    if not found:
        raise UsageError(f"There is no model {name}.", advice="Run: sms24 models")
    if as_json:
        click.echo(json.dumps([_plain(model) for model in found], indent=2))
    elif markdown:
        click.echo("\n".join(_page([model for model in found if model.schema == "marts"])))
    elif name is None:
        _list(found)
    else:
        _explain(found[0], sql=sql)


def _list(found: list["Model"]) -> None:
    width = max(len(model.table) for model in found)
    for model in found:
        click.echo(f"{model.table:<{width}}  {model.sentence}")
    click.echo("\nTables of marts are published, in the snapshot's schema main.")


def _explain(model: "Model", *, sql: bool) -> None:
    from pipeline.transform.contract import contract  # noqa: PLC0415

    click.echo(f"{model.table}: {model.sentence}")
    click.echo(f"Grain:   {model.grain}")
    click.echo(f"Key:     {', '.join(model.key)}")
    click.echo(f"Reads:   {', '.join(model.reads) or 'nothing'}")
    click.echo(f"Refresh: {model.refresh}")
    click.echo(f"File:    {model.path}")
    if model.note:
        click.echo(f"Note:    {model.note}")
    columns = contract()[model.table]
    names = max(len(column.name) for column in columns)
    types = max(len(column.type) for column in columns)
    click.echo()
    for column in columns:
        click.echo(f"  {column.name:<{names}}  {column.type:<{types}}  {column.comment}")
    if sql:
        click.echo(f"\n{model.sql}")


def _page(found: list["Model"]) -> Iterator[str]:
    """Give the lines of a page about published tables."""
    from pipeline.transform.contract import contract  # noqa: PLC0415

    yield "# The published tables\n"
    yield "In the schema `main` of `analytics.duckdb`; its comments are the same texts."
    yield "This page is made by `sms24 models --markdown`."
    for model in found:
        yield f"\n## {model.name}\n\n{model.sentence} Grain: {model.grain}"
        if model.note:
            yield f"\n{model.note}"
        yield "\n| column | type | what |\n|---|---|---|"
        for column in contract()[model.table]:
            comment = column.comment.replace("|", "\\|")
            yield f"| `{column.name}` | {column.type} | {comment} |"


def _plain(model: "Model") -> dict[str, object]:
    from pipeline.transform.contract import contract  # noqa: PLC0415

    columns = contract()[model.table]
    return {
        "table": model.table,
        "sentence": model.sentence,
        "grain": model.grain,
        "key": list(model.key),
        "refresh": str(model.refresh),
        "reads": list(model.reads),
        "note": model.note,
        "columns": [
            {"name": column.name, "type": column.type, "comment": column.comment}
            for column in columns
        ],
    }
