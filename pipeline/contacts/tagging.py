"""Find a plan's tag in the ledger, or make it at the gateway: at most once, as contacts are."""

from pipeline.contacts.breakers import login_stop, turned_away_stop, unreachable_stop
from pipeline.contacts.load import Load
from pipeline.contacts.options import checked_title
from pipeline.errors import GatewayError, UsageError
from pipeline.gateway.breaker import Breaker
from pipeline.gateway.outcome import Outcome, Verdict
from pipeline.ledger.values import Tag
from pipeline.tally import StoppedError

_SLICE_SECONDS = 1.0
_DOUBT = (
    "Look for it in the panel. If it is there, apply the plan with --tag-id and its number;"
    " else with --create-tag-again."
)


class TagMaker:
    """Makes sure of one tag; raises StoppedError where no contact may be sent yet."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._tags = load.ledger.tags
        self._pace = load.pace
        self._outage = Breaker(load.means.clock, load.options.patience_seconds)
        self._has_logged_in = False

    def made(self) -> Tag:
        """Return the plan's tag with its id, from the ledger if it is there."""
        tag = self._decided(self._tags.plan(checked_title(self._load.plan.tag)))
        while tag.state != "saved":
            if self._load.interrupting.is_asked:
                raise StoppedError(
                    "interrupted", "Interrupted before the tag was made.", "Apply the plan again."
                )
            wait = self._pace.wait_seconds()
            if wait:
                self._load.means.clock.sleep(min(wait, _SLICE_SECONDS))
            else:
                tag = self._attempted(tag)
        return tag

    def _decided(self, tag: Tag) -> Tag:
        """Do with the tag what a person said."""
        wanted = self._load.options.tag_id
        if wanted is not None and tag.gateway_id != wanted:
            if tag.state == "saved":
                raise UsageError(
                    f"The tag {tag.title!r} is {tag.gateway_id} at the gateway, not {wanted}.",
                    advice="Leave --tag-id out, or choose another title.",
                )
            return self._tags.adopt(tag, wanted)
        if tag.state == "in_doubt":
            if not self._load.options.makes_tag_again:
                raise _in_doubt(tag)
            return self._tags.again(tag)
        return tag

    def _attempted(self, tag: Tag) -> Tag:
        tag, begun = self._tags.begin(tag), self._load.means.clock.monotonic()
        self._pace.begin()
        outcome = self._load.gateway.save_tag(tag.title)
        with self._load.ledger.transaction():
            tag = self._settled(tag, outcome)
            self._tags.log_attempt(tag, outcome.verdict, outcome.http_status, outcome.message)
        if tag.state == "in_doubt":
            raise _in_doubt(tag)
        if tag.state != "saved":
            self._refuse(outcome, begun)
        return tag

    def _settled(self, tag: Tag, outcome: Outcome) -> Tag:
        if outcome.verdict is Verdict.IN_DOUBT:
            return self._tags.in_doubt(tag, outcome.message)
        if outcome.number is None:
            return self._tags.unsent(tag, outcome.message)
        holder = self._tags.holder(outcome.number, tag)
        if holder is not None:
            return self._tags.in_doubt(
                tag, f"the gateway gave the id {outcome.number}, which {holder.title!r} has"
            )
        return self._tags.saved(tag, outcome.number)

    def _refuse(self, outcome: Outcome, begun: float) -> None:
        """Wait before the tag is tried again, or stop."""
        match outcome.verdict:
            case Verdict.REFUSED_LOGIN:
                self._log_in(outcome.message)
            case Verdict.STOP:
                raise turned_away_stop(outcome.message)
            case Verdict.REJECTED:
                raise StoppedError(
                    "tag",
                    f'The gateway refused to make the tag: "{outcome.message}".',
                    "Choose another title, or make it in the panel and give --tag-id.",
                )
            case _:
                self._pace.bad(begun, outcome.wait_seconds)
                self._outage.failed()
                if self._outage.is_open:
                    raise unreachable_stop(self._load.options.patience_seconds, outcome.message)

    def _log_in(self, message: str) -> None:
        try:
            is_new = not self._has_logged_in and self._load.gateway.log_in_again()
        except GatewayError as error:
            raise login_stop(str(error)) from error
        if not is_new:
            raise login_stop(message)
        self._has_logged_in = True


def _in_doubt(tag: Tag) -> StoppedError:
    return StoppedError(
        "tag",
        f"Nobody knows whether the gateway has made the tag {tag.title!r} ({tag.note}).",
        _DOUBT,
    )
