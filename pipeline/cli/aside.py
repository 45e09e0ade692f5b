"""Say something beside the work: where nobody reads on, the work goes on."""

import os
import sys

import click


def tell(text: str, *, is_result: bool = False) -> None:
    """Write a line to standard error, or with `is_result` to standard output.

    A reader that has gone, such as a `logger` that is not installed, ends no work: what is said
    from then on goes nowhere.
    """
    try:
        click.echo(text, err=not is_result)
    except BrokenPipeError:
        stream = sys.stdout if is_result else sys.stderr
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
