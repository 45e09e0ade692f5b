"""Words for the codes by which tables of the snapshot tell a state."""

from pipeline.report.voice import Voice


def state_word(code: str | None, voice: Voice) -> str | None:
    """Return a code of a table, such as `dup_in_file`, in words; one without any as it is."""
    if code is None:
        return None
    for words in (_phones(voice), _history(voice), _contacts(voice), _loads(voice)):
        if code in words:
            return words[code]
    return code.replace("_", " ")


def _phones(voice: Voice) -> dict[str, str]:
    say = voice.say
    return {
        "working": say("working"),
        "idle": say("nothing to send"),
        "never listed": say("never listed"),
        "one SIM failing": say("one SIM failing"),
        "operator failing": say("operator failing"),
        "not sending": say("not sending"),
        "silent": say("silent"),
        "not allowed to send": say("not allowed to send"),
    }


def _history(voice: Voice) -> dict[str, str]:
    say = voice.say
    return {
        "verified": say("verified"),
        "empty": say("verified to be empty"),
        "failed": say("could not be fetched"),
        "unverified": say("not verified"),
        "never_asked": say("never asked for"),
        "counts and totals": say("counts and totals"),
        "windows only": say("windows only"),
    }


def left_out(voice: Voice) -> dict[str, str]:
    """Return why a contact of a list is not sent, in words by its code."""
    say = voice.say
    return {
        "already_saved": say("in this tag already"),
        "dup_in_file": say("the number stands further up in the file"),
        "name_changed": say("in this tag with another name, which stays"),
        "in_doubt_before": say("may be in this tag since an earlier load: nobody knows yet"),
        "suppressed": say("must not be written to"),
        "not_allowed": say("the country is not among those allowed"),
        "dropped": say("given up by a person while in doubt"),
        "forgotten": say("forgotten on demand"),
    }


def _contacts(voice: Voice) -> dict[str, str]:
    own = {"rejected": voice.say("rejected"), "in_doubt": voice.say("in doubt")}
    return own | left_out(voice)


def _loads(voice: Voice) -> dict[str, str]:
    say = voice.say
    return {
        "running": say("running"),
        "done": say("done"),
        "stopped": say("stopped"),
        "interrupted": say("interrupted"),
        "died": say("died"),
    }
