"""Which certificates a connection trusts: the usual ones, and those of a file of one's own."""

import ssl
from pathlib import Path

from pipeline.errors import UsageError


def trust_of(ca_file: Path | None) -> ssl.SSLContext:
    """Return what verifies the other end of a connection: its certificate, and its host's name.

    Args:
        ca_file: certificates (PEM) that are trusted beside the system's; None for none.

    Raises:
        UsageError: the file cannot be read, or holds no certificate.
    """
    context = ssl.create_default_context()
    if ca_file is None:
        return context
    try:
        context.load_verify_locations(ca_file)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"The certificates {ca_file} cannot be read ({error.strerror or 'no certificate'}).",
            advice="Name a file in PEM form with ca_file, or none.",
        ) from None
    return context
