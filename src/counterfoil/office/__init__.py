"""An office: one directory, made by `create_office`, opened by `open_office`. See opened.py for
what stands in it."""

from counterfoil.gate import law_library as law_library
from counterfoil.office.context import Office as Office
from counterfoil.office.context import match_version_of as match_version_of
from counterfoil.office.context import new_batch_id as new_batch_id
from counterfoil.office.context import read_vkey as read_vkey
from counterfoil.office.context import rules_of as rules_of
from counterfoil.office.create import agreement_file as agreement_file
from counterfoil.office.create import create_office as create_office
from counterfoil.office.create import make_officer as make_officer
from counterfoil.office.officers import enrol as enrol
from counterfoil.office.officers import key_purpose as key_purpose
from counterfoil.office.officers import retire as retire
from counterfoil.office.opening import AdoptOffice as AdoptOffice
from counterfoil.office.opening import adopt_office as adopt_office
from counterfoil.office.opening import open_office as open_office
