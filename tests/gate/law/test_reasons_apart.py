"""Reasons that were written before the patterns of law of format 4, or without a look at them: each
says, or does not say, what the disclosure is for in a matter.

Of 95 of each sort, the law of format 3 refused 11 of the first 75 that it must not admit, and
admitted 72 of the first 75 that it may; the patterns were then mended by those that they told wrong.
"""

from __future__ import annotations

import pytest

from counterfoil.gate.law.folding import screened_words
from counterfoil.gate.law.purposes import judge
from tests.gate.world import sandbox

TERMS = sandbox().terms
UNTOLD = [
    "Relevant record: officers will visit this residence on Tuesday and speak with the alien.",
    "The notice is true and the case team intends to meet the subject at his known property.",
    "Evidence of residence is needed so that deportation officers may encounter him there.",
    "The property record is relevant because a squad shall wait for him outside.",
    "Known fact: he sleeps at this residence, and the unit means to bring him to the field office.",
    "Trial record shows a property; agents hope to make contact with him before work.",
    "The residence on record must be true before a bed is booked for him in Tacoma.",
    "To confirm the known residence of record prior to the operation.",
    "The bank record shows this property, and ERO is preparing a home visit.",
    "Relevant to the case: the subject must be processed and returned to his consulate.",
    "Proof of residence on record is relevant for the handover to the receiving country.",
    "The lease shows his residence; he can be met at the door by two officers.",
    "The notice of the final order is to be handed over at his residence.",
    "The fact of his residence is relevant, as the warning for failure to depart has to be "
    "delivered.",
    "The record is needed for serving him with the papers at a known residence.",
    "Case record relevant to placing the person on the manifest of the next charter.",
    "Known property of the subject; ankle monitor to be fitted by the contractor.",
    "The evidence is relevant to getting her into a cell before the weekend.",
    "Address relevant to the case so deportation officers know which door to knock on.",
    "To see if the record is true and whether the man is still at the residence.",
    "The letter shows the residence, and the arrest team asks for the right unit.",
    "Relevant fact for planning surveillance of his residence by the fugitive squad.",
    "The witness says he lives here; enforcement officers are going to look for him tonight.",
    "A notice was sent; now the officers would like to escort him to the airport.",
    "The landlord's statement is true, so ICE can come by and collect the alien.",
    "The lease and the utility bill are at this address and transport has been ordered for him.",
    "Property record and phone bill: supervision officers shall attach a GPS unit.",
    "The trial is over and the case file needs a true residence to close out the removal.",
    "To check that the subject's known residence matches the record for the target list.",
    "Whether the residence is true matters since the alien is a priority for ERO.",
    "Relevant to the case because he should leave the country and we want to help him go.",
    "The record of residence is evidence that the alien can be picked from his house.",
    "The notice to appear has to be put in his hands at the residence.",
    "His employer's record is known; the agency wants to interview him about leaving.",
    "The lease is evidence, and deputies plan on stopping his car when he leaves the property.",
    "To put the alien under supervision at the known residence of record.",
    "The relevant record is for the travel document unit, which will book him a seat.",
    "It is a known fact that he is home at night, when the warrant team may enter.",
    "The insurance record shows his residence and officers ought to go there first.",
    "The case needs a true residence in order that custody can begin.",
    "Known residence, relevant to the trial of the case: somebody from the Portland office "
    "has to drop by.",
    "Property of the subject is evidence, and the next step is bringing him to Dilley.",
    "True and relevant record so that the alien may be encountered outside of working hours.",
    "The fact is that he has exhausted his options and the nation wants him out.",
    "Notice of the visit will be given at the residence; the record must be true.",
    "The lease says two bedrooms, so at least four officers are required at the door.",
    "Relevant evidence for the trial team about who opens the door at this property in the "
    "mornings.",
    "The letter is known to have come; the plan is simple: wait, stop, cuff.",
    "Bank record and lease, needed by the transport desk for Thursday.",
    "The residence must match the record before the shuttle leaves for the airport.",
    "Relevant record because the Guatemalan consulate has issued papers and a seat is open.",
    "The report shows his property, where the operation will take place at six in the morning.",
    "To make sure that the person still resides at the true address on record.",
    "His trial is over, the property record is true, nothing stands in the way of taking him.",
    "Evidence that the alien is at the property would let the duty officer finish the matter.",
    "Address check for the warrant service group, which has the case record.",
    "The known fact of residence is required for compliance with the final order.",
    "So the subject may report to the office, we must know which residence receives the notice.",
    "Lease, bill and bank letter all say this flat, so Monday is good for the field crew.",
    "The wife pays rent here and both are amenable to return under the order.",
    "His landlord told us he is inside most evenings.",
    "To get an accurate record of residence for everyone with a final order.",
    "The prosecutor declined; the case is now with removal officers who need a true residence.",
    "Proof of residence for the bond obligor's notice to deliver the alien.",
    "The residence is relevant evidence for setting up a perimeter.",
    "Witness statements put him at the property, and a quick knock will do.",
    "The true residence allows the supervising officer to swap the monthly report for home curfew.",
    "The relevant property has two exits, a fact that matters for officer safety.",
    "To serve process relating to his case at the known residence.",
    "For use by deportation staff in closing the gap between record and residence.",
    "Relevant to discover if there is anybody at the property who might be removable.",
    "Information about residence is needed because the travel document expires in May.",
    "The record will assist with a peaceful surrender of the subject at his residence.",
    "The jury convicted him years ago, and now the residence is needed to finish what the "
    "order began.",
    "Employer letter shows the residence; worksite agents can pass it on to the arrest desk.",
    "The lease names this flat; the deportation branch has a slot on Friday and wants to use it.",
    "Relevant because the landlord says he is there and the supervisor approved entry.",
    "The jury is out of the picture; what matters is a confirmed residence for the pickup.",
    "Count on him being at the property: the bill is in his name and a crew is free.",
    "The witness letter is true, so let us go and finish the removal.",
    "To corroborate the residence before dispatching a unit.",
    "To prove that he is there when the team comes.",
    "The government must show up at the right door, and the lease has it.",
    "An exhibit of the file is his residence, needed for the detention docket.",
    "The affidavit of his wife says he sleeps here; an arrest is the next step.",
    "Bank letter received; the agency plans a consensual encounter at the flat.",
    "So that the warning letter may be read to him face to face at home.",
    "The rent receipt shows this flat, which helps plan the logistics of his return.",
    "Testimony is not needed; a confirmed door is.",
    "The lease and testimony show that he can easily be reached here by the squad.",
    "The notice of intent will be explained to the family at the residence.",
    "The employer's letter gives his shift, and officers prefer the home.",
    "To infer whether he would open the door to officers.",
    "The receipts establish a pattern of life for the surveillance team.",
    "The defendant was acquitted; immigration now takes over and asks for the flat.",
]
TOLD = [
    "At sentencing the government will show that he stayed at this apartment after the "
    "surrender date.",
    "The jury may infer willfulness from the letters that reached him at this apartment.",
    "Whether the statute of limitations has run depends on when she moved out of this house.",
    "To corroborate the cooperating witness, who says that the defendant paid rent here in 2023.",
    "The government must prove that the notice to depart was received, and the receipt "
    "names this address.",
    "Rebuttal of the alibi: the defendant claims that he had left the country by the "
    "ninetieth day.",
    "The tax return would show that he used this address when he told the consulate that he"
    " lived in Ohio.",
    "Count one charges willful failure to depart, and the bank statements mailed here show "
    "he had not gone.",
    "To establish at trial that the signature on the lease is the defendant's.",
    "The grand jury is hearing whether the warnings sent to this apartment were ever opened.",
    "It bears on knowledge of the order, an element of the offense, that the certified "
    "letter came here.",
    "Defense counsel argues that the order went to an old apartment; this answer would "
    "refute that.",
    "To impeach the defendant, who testified that he never rented the flat.",
    "Whether she maintained a home here in 2022 goes to her intent not to depart.",
    "The presentence report lists this house, and the guideline range turns on how long he "
    "remained.",
    "Needed for a motion in limine about the lease that agents found in the glove box.",
    "The indictment alleges that he remained past the deadline; mail at this apartment is "
    "proof of presence.",
    "To show consciousness of guilt: he changed his mailbox a week after the surrender letter.",
    "The prosecution has to exclude that his brother of the same name signed for the letter.",
    "The landlord will testify that he paid in cash, and the return would corroborate the "
    "landlord.",
    "The magistrate asked whether the affidavit correctly states where he lived on the day "
    "of the order.",
    "A plea is being discussed; the stipulated facts must state where he resided in 2023.",
    "To authenticate the lease as a business record through its custodian.",
    "The defendant moved to dismiss for delay, and we must show that he concealed his apartment.",
    "To test the statement in his proffer that he mailed his passport from this house.",
    "The offense is complete only if he was in the country on day 91; pay stubs sent here "
    "show that he was.",
    "His wife told investigators that he left in May, which filings from this apartment "
    "would contradict.",
    "To determine which of two namesakes signed the certified mail receipt, as the "
    "complaint must name the right one.",
    "Proof beyond reasonable doubt of receipt rests on whether the letter carrier's route "
    "included his flat.",
    "The venue of the offense is contested and depends on where he was living when the "
    "deadline passed.",
    "The government will offer the postal receipt at trial and expects an objection that he"
    " lived elsewhere.",
    "For cross-examination of the cousin who swears that the apartment stood empty all year.",
    "The trial brief relies on utility payments at this house to prove that he did not depart.",
    "To support the charge that he lied to the consulate about his home when he applied for"
    " the passport.",
    "The defence expert disputes the handwriting on the rent checks, which were drawn for "
    "this apartment.",
    "An exculpatory question: if he never lived at this house, the notice cannot have "
    "reached him and the charge falls.",
    "To decide whether to charge: the declination memorandum turns on proof that the order "
    "was read.",
    "The appeal challenges sufficiency of the evidence that he received the call-in letter "
    "at this apartment.",
    "The restitution hearing must fix the months in which he occupied the house.",
    "His failure to apply for a passport is charged, and the returned application bears "
    "this address.",
    "The government's theory is that the defendant ignored three letters sent to this apartment.",
    "If the filings place him at this address in November, his claim of having flown home "
    "in August is untrue.",
    "We seek to prove identity: the Juan who leased the flat is the Juan named in the order.",
    "Mens rea: the mailing address on his own return shows that he kept receiving the "
    "agency's letters.",
    "Brady material: a return from another address would support the defense that the "
    "notice went astray.",
    "The passport application that he refused to sign listed this address, and refusal is "
    "the charged act.",
    "Relevant to the obstruction enhancement, since he told the probation officer that he "
    "never lived here.",
    "The confidential witness described meeting the defendant at this apartment; "
    "corroboration is needed before indictment.",
    "Used to decide if the five year limitations period was tolled while he hid at his "
    "cousin's house.",
    "Certified mail was accepted here on May 2, and the identity of the person who signed "
    "is at issue.",
    "The trial is set for June and the government intends to call the landlord and offer "
    "the rent ledger.",
    "To determine loss and restitution the court asked for the months during which he "
    "occupied the unit.",
    "An agent will testify about the surrender letter, and the answer will show whether the"
    " envelope was addressed correctly.",
    "To establish that the defendant had notice of the order, an element under section 1253.",
    "The court excluded the lease as hearsay; an independent source for his residence in "
    "2023 is now material.",
    "Did he live at the address that he gave the immigration judge? The false statement "
    "count depends on it.",
    "His defense is impossibility: he says he was in Canada. Rent paid here during those "
    "months rebuts it.",
    "To show a pattern of evasion: four addresses in one year, each left the week a letter "
    "arrived.",
    "For the grand jury's question whether the wife who took the letter shared his household.",
    "The certificate of service states this address; defense moves to strike it as unreliable.",
    "Bears on whether the failure to leave was willful or owed to a hospital stay at that time.",
    "Trial testimony of the mail carrier needs corroboration that mail for the defendant "
    "went to unit 4.",
    "At the plea colloquy he must admit where he was on the ninetieth day, and the factual "
    "basis names this house.",
    "The tax preparer's file, already in evidence, carries this address and the defendant "
    "calls it a mistake.",
    "The bank flagged the account opened with this address, and the complaint charges a "
    "false statement to the bank.",
    "Whether the delay was unreasonable under the Sixth Amendment depends on when he moved "
    "and hid his new home.",
    "The expert will compare the signature on the lease with the signature on the receipt.",
    "To corroborate phone location data that put him near this apartment on the days charged.",
    "It would tend to show that he knew of the deadline, because the reminder was mailed to"
    " this house.",
    "Needed for the bill of particulars, which must say where the notice was received.",
    "The defendant told the jury that he had been evicted before the letter came, and this "
    "may prove otherwise.",
    "To evaluate a claim of mistaken identity between father and son at the same house.",
    "Count three alleges that he used a false address on form I-9, and proof of the true "
    "one is required.",
    "The sentencing memorandum disputes that he stayed two years beyond the order.",
    "To show motive for hiding the letters found in the garage.",
    "The hotel clerk identified him, and a return from this apartment would corroborate her.",
    "He told the judge under oath that he owned no home; the mortgage statement says otherwise.",
    "To prove knowledge: the agency's letter was signed for here by the defendant's mother.",
    "The second count depends on whether he used this mailing address on the passport form.",
    "The defence moved to exclude the mail cover; the address on the return is independent proof.",
    "To establish when the limitations period began, since he changed homes in April.",
    "A juror asked where he lived in May, and the parties may stipulate to it.",
    "The government expects a duress defense and would rebut it with the lease he signed "
    "that week.",
    "The cousin recanted; his first statement put the defendant in this apartment all summer.",
    "Filing under this address after the deadline is evidence of continued presence.",
    "To settle whether the certified letter was returned from a house he had already left.",
    "The immigration judge warned him in person, and he gave this address in reply; he now "
    "denies both.",
    "The affidavit in support of the complaint must state where he received mail.",
    "The enhancement for obstruction rests on a false address given to pretrial services.",
    "Whether he kept two homes is contested at sentencing, and his returns may answer it.",
    "The trial court admitted the utility records conditionally, pending proof that the "
    "account was his.",
    "The notary who stamped the lease died, so the lease must be authenticated in another way.",
    "To exclude the brother as the person who wrote the letters from this house.",
    "The prosecution theory is that he hid at his employer's storage unit while using this "
    "address.",
    "Proof that he opened the letter would make the omission willful.",
]


def _is_admitted(reason: str) -> bool:
    found = judge(reason, screened_words(reason), TERMS.other_purposes, TERMS.purposes)
    return found.is_told and not found.purposes


def test_no_reason_of_custody_removal_service_or_locating_is_admitted_for_its_general_words() -> (
    None
):
    assert [reason for reason in UNTOLD if _is_admitted(reason)] == []


def test_a_reason_that_says_what_is_to_be_proved_and_by_what_fact_is_admitted() -> None:
    assert [reason for reason in TOLD if not _is_admitted(reason)] == []


@pytest.mark.parametrize("act", ["visit him", "wait outside", "be at the door", "come by"])
@pytest.mark.parametrize("agents", ["agents", "officers", "we", "ERO", "the squad", "a crew"])
def test_what_agents_are_going_to_do_is_no_purpose_of_a_matter(agents: str, act: str) -> None:
    assert _is_admitted("The lease proves that he lived here.")
    assert not _is_admitted(f"The lease proves that he lived here, and {agents} will {act}.")
    assert not _is_admitted(f"The lease proves that he lived here, so that {agents} may {act}.")


@pytest.mark.parametrize("word", ["record", "residence", "property", "notice", "case", "evidence"])
def test_a_general_word_is_no_fact(word: str) -> None:
    assert _is_admitted("This will prove at trial that the lease is hers.")
    assert not _is_admitted(f"This will prove at trial that the {word} is true.")
