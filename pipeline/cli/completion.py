"""`sms24 completion`: what a shell needs to complete commands and options."""

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what lets a shell complete commands and options.

    bash: sms24 completion bash > ~/.local/share/bash-completion/completions/sms24;
    zsh: sms24 completion zsh > a file _sms24 in a folder of fpath;
    fish: sms24 completion fish > ~/.config/fish/completions/sms24.fish.
    """
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - only this needs it

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    click.echo(kind(context.find_root().command, {}, "sms24", "_SMS24_COMPLETE").source())
