"""The sentences of the page of a contact import."""

from pipeline.report.import_facts import Import
from pipeline.report.voice import Voice


def verdict(found: Import, voice: Voice) -> str:
    """Return how the import stands, and whether a person must decide something."""
    told = _state(found, voice)
    if not (found.rows["errors"] or found.doubts):
        return told
    decide = voice.say(
        "A person must decide: {rows} rows to mend, {contacts} contacts in doubt.",
        rows=found.rows["errors"],
        contacts=found.doubts,
    )
    return f"{told} {decide}"


def _state(found: Import, voice: Voice) -> str:
    counts = {"saved": found.contacts["saved"], "all": found.to_send}
    unsent = found.contacts["unsent"]
    if not found.to_send:
        return voice.say("Nothing to send: no row of the list is a new contact.")
    if not found.runs:
        return voice.count(
            "Nothing is sent yet: one contact waits.",
            "Nothing is sent yet: {number} contacts wait.",
            unsent,
        )
    if found.stop:
        return voice.say(
            "Stopped before the end: {saved} of {all} contacts are saved, {unsent} wait.",
            unsent=unsent,
            **counts,
        )
    if unsent:
        return voice.say(
            "Not at the end: {saved} of {all} contacts are saved, {unsent} wait.",
            unsent=unsent,
            **counts,
        )
    return voice.say(
        "{saved} of {all} contacts are saved by this plan; nobody waits.",
        **counts,
    )


def doubts_told(found: Import, voice: Voice) -> str:
    """Return what it means that contacts are in doubt."""
    told = [
        voice.count(
            "One contact of this plan was sent, and no answer says whether it is saved.",
            "{number} contacts of this plan were sent, and no answer says whether they are saved.",
            found.contacts["in_doubt"],
        )
    ]
    if found.earlier_doubts:
        told.append(
            voice.count(
                "Earlier loads left one more contact of the list in doubt.",
                "Earlier loads left {number} more contacts of the list in doubt.",
                found.earlier_doubts,
            )
        )
    told.append(
        voice.say(
            "About three in four of such contacts are there, so they are never sent again by "
            "themselves. Look for them in the panel, then say:"
        )
    )
    return " ".join(told)


def changes_told(found: Import, voice: Voice) -> str:
    """Return what it means that contacts have other names."""
    return voice.count(
        "One contact is in this tag under another name. The API cannot change it; the panel can.",
        "{number} contacts are in this tag under another name. The API cannot change it; the "
        "panel can.",
        found.files["name_changes.csv"],
    )


def list_told(found: Import, voice: Voice) -> str:
    """Return what the list is: its name, size and encoding."""
    file = found.file
    size = voice.count("one byte", "{number} bytes", file.size)
    if not file.encoding:
        return f"{file.name}, {size}"
    coding = file.encoding
    if file.is_encoding_guessed:
        coding = voice.say("{encoding} (guessed)", encoding=coding)
    return f"{file.name}, {size}, {coding}"
