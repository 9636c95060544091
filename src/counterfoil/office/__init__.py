"""An office: one directory, made by `create_office`, opened by `open_office`. See opened.py for what stands in it."""

from counterfoil.office.making import agreement_file as agreement_file
from counterfoil.office.making import create_office as create_office
from counterfoil.office.making import enrol as enrol
from counterfoil.office.making import key_purpose as key_purpose
from counterfoil.office.making import law_library as law_library
from counterfoil.office.making import make_officer as make_officer
from counterfoil.office.opened import Office as Office
from counterfoil.office.opened import enter_law as enter_law
from counterfoil.office.opened import new_batch_id as new_batch_id
from counterfoil.office.opened import open_office as open_office
from counterfoil.office.opened import read_vkey as read_vkey
from counterfoil.office.opened import rules_of as rules_of
