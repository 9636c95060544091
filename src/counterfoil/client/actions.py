"""What an officer may ask of an office, by name: the one table of who may do what, for the door of
the office (api/office.py) and for the command line. The default is no: what is not in the table is
not done, and nobody but the roles that a row names does it.

    act        verb over a signed statement: the statement is asked for, signed elsewhere, brought
               back. `roles` are those of each officer who signs, in that order; the first one asks
    question   what is looked at. `roles` are all who may ask. Where it shows a record or a request,
               the use case enters the look

The use cases check again (office/authority.py): the table narrows, and never widens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any, Final, Literal, get_type_hints

from counterfoil import disclosure
from counterfoil.accountability import agreement_versions as versions
from counterfoil.accountability import ledger_access, publication
from counterfoil.accountability.accounting import corrections, disputes
from counterfoil.accountability.accounting import service as accounting
from counterfoil.accountability.evidence.export import export_evidence
from counterfoil.accountability.inspection import draw
from counterfoil.accountability.ledger_pages import checkpoints, entries, jobs
from counterfoil.accountability.retention import closing
from counterfoil.accountability.retention import service as retention
from counterfoil.certification import standing
from counterfoil.client import status
from counterfoil.controls import comparison
from counterfoil.controls.duties import service as duties
from counterfoil.controls.holds import court
from counterfoil.controls.holds import service as holds
from counterfoil.controls.incidents import service as incidents
from counterfoil.controls.notices import demands
from counterfoil.controls.notices import service as notices
from counterfoil.controls.overrides import service as overrides
from counterfoil.controls.recall import receipts
from counterfoil.controls.recall import service as recalls
from counterfoil.controls.sampling import service as sampling
from counterfoil.controls.suspension import service as suspension
from counterfoil.core.errors import UsageFault
from counterfoil.core.values import Public, Role
from counterfoil.disclosure import claims, explain, listing, waiting
from counterfoil.exchange import statements
from counterfoil.office import officers

Kind = Literal["act", "question"]
UseCase = Callable[..., Any]


class Action(Public, frozen=True):
    """One row. `verb` is the use case, `statement` what an act's statement comes from."""

    name: str
    kind: Kind
    roles: tuple[Role, ...]
    verb: UseCase
    statement: UseCase | None = None

    @property
    def takes(self) -> Any:
        """The type of the use case's command or question; None where it has none."""
        names = list(signature(self.verb).parameters)
        return get_type_hints(self.verb)[names[2]] if len(names) > 2 else None

    @property
    def gives(self) -> Any:
        """The type of its result."""
        return get_type_hints(self.verb)["return"]

    def permits(self, role: Role) -> bool:
        """Whether an officer of this role may begin it."""
        return role is self.roles[0] if self.kind == "act" else role in self.roles


_D, _C, _H = Role.DISCLOSURE, Role.COUNSEL, Role.HOLDS
_READ: Final = (Role.DISCLOSURE, Role.INSPECTOR)
_ALL: Final = tuple(Role)


def _act(name: str, verb: UseCase, statement: UseCase, *roles: Role) -> Action:
    return Action(name, "act", roles or (_D,), verb, statement)


def _question(name: str, verb: UseCase, *roles: Role) -> Action:
    return Action(name, "question", roles, verb)


_TABLE: Final = (
    _act("review", disclosure.review_batch, disclosure.review_statement, _D),
    _act("release", disclosure.release_batch, disclosure.release_statement, _D),
    _act("withdraw", disclosure.withdraw_batch, disclosure.withdraw_statement, _D),
    _act("claim", claims.claim_batch, claims.claim_statement, _D),
    _act("override", overrides.override_request, overrides.override_statement, _D, _C),
    _act("compare", comparison.compare_document, comparison.compare_document_statement, _D),
    _act("suspend", suspension.suspend, suspension.suspend_statement, _D),
    _act("resume", suspension.resume, suspension.resume_statement, _D, _D),
    _act("hold-add", holds.add_hold, holds.add_hold_statement, _H, _H),
    _act("hold-lift", holds.lift_hold, holds.lift_hold_statement, _H, _H),
    _act("officer-enroll", officers.enroll_officer, officers.enroll_statement, _D, _D),
    _act("officer-retire", officers.retire_officer, officers.retire_statement, _D, _D),
    _act("incident-open", incidents.open_incident, incidents.open_incident_statement, _D),
    _act("incident-report", incidents.report_incident, incidents.report_incident_statement, _D),
    _act("incident-close", incidents.close_incident, incidents.close_incident_statement, _D),
    _act("duty-open", duties.open_duty, duties.open_duty_statement, _D),
    _act("duty-close", duties.close_duty, duties.close_duty_statement, _D, _D),
    _act("notice-enter", notices.enter_notice, notices.enter_notice_statement, _D),
    _act("notice-order", demands.order_notice, demands.order_notice_statement, _D, _D),
    _act("notice-lift", demands.lift_notice, demands.lift_notice_statement, _D, _D),
    _act("record-correct", corrections.correct_record, corrections.correct_record_statement, _D),
    _act("court-answer", court.answer_court, court.answer_court_statement, _H, _H),
    _act("recall", recalls.recall_answers, recalls.recall_answers_statement, _D, _D),
    _act("receipt-enter", receipts.enter_receipt, receipts.enter_receipt_statement, _D, _D),
    _act("office-close", closing.close_office, closing.close_office_statement, _D, _D),
    _act("publish-anew", publication.publish_anew, publication.publish_anew_statement, _D, _D),
    _question("recalls", recalls.list_recalls, *_ALL),
    _question("recall-shown", recalls.show_recall, _D),
    _question("recall-notice", recalls.write_recall_notice, _D),
    _question("receipts", receipts.show_receipts, _D),
    _question("statements", statements.list_statements, _D),
    _question("court-matters", court.list_court_matters, _H),
    _question("court-certification", court.prepare_certification, _H),
    _question("notice-text", notices.write_notice, _D),
    _question("agreement-versions", versions.list_versions, *_ALL),
    _question("agreement-changes", versions.compare_versions, *_ALL),
    _question("register", standing.show_register, *_ALL),
    _question("retention-due", retention.page_due, *_ALL),
    _question("status", status.office_state, *_ALL),
    _question("batches", listing.list_batches, *_ALL),
    _question("batch-page", listing.page_batches, *_ALL),
    _question("batch", disclosure.batch_status, *_ALL),
    _question("batch-rows", listing.show_batch, _D),
    _question("explain", explain.explain_request, _D),
    _question("sample", sampling.show_sample, _D),
    _question("waiting", waiting.waiting_requests, _D, _C),
    _question("document", comparison.show_document, _D),
    _question("suspensions", suspension.suspension_status, *_ALL),
    _question("holds", holds.list_holds, _H),
    _question("officers", officers.list_officers, *_ALL),
    _question("incidents", incidents.due_incidents, *_ALL),
    _question("duties", duties.list_duties, *_ALL),
    _question("notices", notices.list_notices, _D),
    _question("ledger-entries", entries.list_entries, *_READ),
    _question("ledger-texts", ledger_access.page_entries, *_READ),
    _question("inspector-sample", draw.draw_sample_files, *_READ),
    _question("ledger-entry", entries.show_entry, *_READ),
    _question("checkpoints", checkpoints.list_checkpoints, *_READ),
    _question("compare-days", checkpoints.compare_days, *_READ),
    _question("job-begin", jobs.begin_job, *_READ),
    _question("job", jobs.show_job, *_READ),
    _question("jobs", jobs.list_jobs, *_READ),
    _question("evidence", export_evidence, *_READ),
    _question("account", accounting.account, *_READ),
    _question("account-person", accounting.account_to_person, _D),
    _question("disclosure-record", accounting.record_disclosures, *_READ),
    _question("dispute", disputes.show_dispute, *_READ),
)  # fmt: skip

ACTIONS: Final[Mapping[str, Action]] = {each.name: each for each in _TABLE}
_BY_VERB: Final[Mapping[UseCase, Action]] = {each.verb: each for each in _TABLE}


def find_action(name: str, kind: Kind) -> Action:
    """The action of a name. Raises UsageFault `action_unknown`."""
    found = ACTIONS.get(name)
    if found is None or found.kind != kind:
        raise UsageFault(
            "action_unknown",
            f"the office knows no {kind} of this name",
            place="action",
            cure="See openapi.yaml for the names.",
        )
    return found


def action_of(verb: UseCase) -> Action:
    """The action of a use case. Raises UsageFault `office_here_only`."""
    found = _BY_VERB.get(verb)
    if found is None:
        raise here_only()
    return found


def require_permitted(action: Action, role: Role) -> None:
    """Raise UsageFault `action_refused` unless the table lets an officer of this role begin it."""
    if not action.permits(role):
        raise UsageFault(
            "action_refused",
            f"an officer of the role {role} does not do this",
            place=action.name,
            cure=f"An officer of the role {' or '.join(dict.fromkeys(action.roles))} does.",
        )


def here_only() -> UsageFault:
    """A verb that does not go through a service."""
    return UsageFault(
        "office_here_only",
        "this is done on the office's own machine only",
        place="--office",
        cure="Have the operator run it there, with the office's directory.",
    )
