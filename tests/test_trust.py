"""Who is spoken to: certificates are verified, and an authority of one's own is trusted by name."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.clock import HeldClock
from pipeline.errors import TellingError, UnreachableError, UsageError
from pipeline.gateway.client import Gateway
from pipeline.gateway.endpoints import MessageQuery
from pipeline.gateway.writing import Writer
from pipeline.notify.webhook import post
from pipeline.settings import Settings
from pipeline.trust import trust_of
from pipeline.values import Secret
from support.account import NOW
from support.sealed import Sealed, sealed

SETTINGS = Settings(token=Secret("t0k3n"), rate=1000)


def asked(settings: Settings) -> int | None:
    """Ask for a count."""
    with Gateway(settings, clock=HeldClock(NOW)) as gateway:
        return gateway.count_messages(MessageQuery()).count


def settings_for(server: Sealed, *, trusts: bool) -> Settings:
    """Return settings for a server."""
    return replace(
        SETTINGS,
        base_url=server.address,
        webhook_url=Secret(server.address),
        ca_file=server.ca_file if trusts else None,
    )


def test_an_authority_of_ones_own_is_trusted_where_it_is_named(tmp_path: Path) -> None:
    """With `ca_file` reads, writes and webhooks reach a server whose certificate it vouches for."""
    with sealed(tmp_path) as server:
        settings = settings_for(server, trusts=True)
        assert asked(settings) == 7
        with (
            Gateway(settings, clock=HeldClock(NOW)) as gateway,
            Writer(gateway, settings, clock=HeldClock(NOW)) as writer,
        ):
            writer.save_tag("Clients")
        post({"headline": "96 %"}, settings, HeldClock(NOW))
        assert len(server.bodies) == 3


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    """Without `ca_file` no login leaves for such a server; the sentence says why."""
    with sealed(tmp_path) as server:
        settings = settings_for(server, trusts=False)
        with pytest.raises(UnreachableError, match="certificate verify failed"):
            asked(settings)
        with pytest.raises(TellingError):
            post({}, settings, HeldClock(NOW))
        assert server.bodies == []


def test_a_certificate_of_another_host_is_refused(tmp_path: Path) -> None:
    """A trusted authority does not let one server stand for another."""
    with sealed(tmp_path, host="other.example.com") as server:
        with pytest.raises(UnreachableError, match="certificate"):
            asked(settings_for(server, trusts=True))
        assert server.bodies == []


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_file_that_vouches_for_nobody_is_refused(tmp_path: Path, text: str | None) -> None:
    """A missing file, or one without a certificate, is an error of the settings."""
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UsageError, match="cannot be read"):
        trust_of(path)
