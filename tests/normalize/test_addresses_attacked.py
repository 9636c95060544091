"""Kinds of address tried by somebody who wanted to break them: other states, units and spellings than
those that rules were made for. Rows are as those of test_kinds_of_address.py.
"""

from __future__ import annotations

import pytest

from tests.normalize.test_kinds_of_address import is_as_said

UNITS = """
N 88 Larkspur Ave 3rd Floor Apt 7 / 88 Larkspur Ave 7th Floor #3 @NJ
Y 88 Larkspur Ave 7th Fl Apt 3 / 88 Larkspur Ave 7th Floor #3 @NJ
N 88 Larkspur Ave Fl 3 / 88 Larkspur Ave Unit 3 @NJ
N 88 Larkspur Ave RM 12 / 88 Larkspur Ave APT 12 @MA
N 88 Larkspur Ave SPC 12 / 88 Larkspur Ave APT 12 @CA
N 88 Larkspur Ave OFC 12 / 88 Larkspur Ave APT 12 @CA
N 88 Larkspur Ave LOWR / 88 Larkspur Ave UPPR @IL
N 88 Larkspur Ave Unit PH1 / 88 Larkspur Ave Unit 1 @FL
N 88 Larkspur Ave PH 1 / 88 Larkspur Ave Apt 1 @FL
Y 88 Larkspur Ave Penthouse 1 / 88 Larkspur Ave PH 1 @FL
N 88 Larkspur Ave Second Floor North / 88 Larkspur Ave Second Floor South @IL
N 88 Larkspur Ave 1st Floor Rear / 88 Larkspur Ave 1st Floor Front @IL
N 88 Larkspur Ave Attic / 88 Larkspur Ave @OH
N 88 Larkspur Ave Loft / 88 Larkspur Ave @OH
N 88 Larkspur Ave Ground Floor / 88 Larkspur Ave @OH
N 88 Larkspur Ave First Floor / 88 Larkspur Ave @OH
N 88 Larkspur Ave Basement Apt / 88 Larkspur Ave @OH
N 88 Larkspur Ave Apartment Two / 88 Larkspur Ave Apartment Three @GA
Y 88 Larkspur Ave Apartment Two / 88 Larkspur Ave Apt 2 @GA
Y 88 Larkspur Ave Unit Number Seven / 88 Larkspur Ave Unit 7 @GA
N 88 Larkspur Ave Unit Number Seven / 88 Larkspur Ave Unit Number Eleven @GA
N 88 Larkspur Ave Apt # Six / 88 Larkspur Ave Apt # Nine @GA
N 88 Larkspur Ave Suite Ten / 88 Larkspur Ave Apt Ten @GA
N 88 Larkspur Ave Casita / 88 Larkspur Ave @AZ
N 88 Larkspur Ave ADU / 88 Larkspur Ave @CA
N 88 Larkspur Ave Bungalow 3 / 88 Larkspur Ave Apt 3 @CA
N 88 Larkspur Ave Cabin 3 / 88 Larkspur Ave Apt 3 @CO
N 88 Larkspur Ave Villa 3 / 88 Larkspur Ave Apt 3 @FL
Y 88 Larkspur Ave Building C Apt 9 / 88 Larkspur Ave|Bldg C Apt 9 @TX
N 88 Larkspur Ave Bldg C Apt 9 / 88 Larkspur Ave|Bldg D Apt 9 @TX
N 88 Larkspur Ave Apt 9|Bldg C / 88 Larkspur Ave Apt 9 @TX
Y 88 Larkspur Ave Apt 9|Bldg C / 88 Larkspur Ave Bldg C Apt 9 @TX
N 88 Larkspur Ave Unit 9 Bldg C / 88 Larkspur Ave Unit 9 Bldg E @TX
N 88 Larkspur Ave Side Door / 88 Larkspur Ave @NY
N 88 Larkspur Ave Apt West / 88 Larkspur Ave Apt East @NY
N 88 Larkspur Ave West Apt 3W / 88 Larkspur Ave West Apt 3E @NY
N 88 Larkspur Ave #3W / 88 Larkspur Ave #3E @NY
Y 88 Larkspur Ave #3W / 88 Larkspur Ave Apt 3-W @NY
Y 88 Larkspur Ave Apt 3 W / 88 Larkspur Ave Apt 3W @NY
N 88 Larkspur Ave Middle / 88 Larkspur Ave Top @MA
N 88 Larkspur Ave Middle Unit / 88 Larkspur Ave Top Unit @MA
N 88 Larkspur Ave|Apt Rear / 88 Larkspur Ave|Apt Front @MA
N 88 Larkspur Ave|Upstairs / 88 Larkspur Ave @MA
N 88 Larkspur Ave In the back / 88 Larkspur Ave @NM
N 88 Larkspur Ave Trailer 9 / 88 Larkspur Ave Lot 9 @NM
N 88 Larkspur Ave Mobile Home / 88 Larkspur Ave @NM
N 88 Larkspur Ave Suite 100 / 88 Larkspur Ave Unit 100 @NM
N 88 Larkspur Ave Hse B / 88 Larkspur Ave Hse C @HI
N 88 Larkspur Ave PMB 204 / 88 Larkspur Ave # 205 @CA
Y 88 Larkspur Ave # 204 / 88 Larkspur Ave PMB 204 @CA
N 88 Larkspur Ave Mailbox 204 / 88 Larkspur Ave Apt 204 @CA
N 88 Larkspur Ave Dorm 4 / 88 Larkspur Ave Apt 4 @CT
N 88 Larkspur Ave Room 4 / 88 Larkspur Ave Suite 4 @CT
N 88 Larkspur Ave 1R / 88 Larkspur Ave 1F @IL
N 88 Larkspur Ave Apt 1R / 88 Larkspur Ave Apt 1 @IL
N 88 Larkspur Ave Garden Apt / 88 Larkspur Ave @IL
N 88 Larkspur Ave Parlor Floor / 88 Larkspur Ave Garden Floor @NY
N 88 Larkspur Ave Mezzanine / 88 Larkspur Ave @NY
N 88 Larkspur Ave Annex / 88 Larkspur Ave @NY
N 88 Larkspur Ave Duplex A / 88 Larkspur Ave Duplex B @NY
N 88 Larkspur Ave Unit Alpha / 88 Larkspur Ave Unit Beta @VA
N 88 Larkspur Ave Apt Uno / 88 Larkspur Ave Apt Dos @PR
"""

COUNTY = """
N 9 Co Hwy 22 / 9 State Hwy 22 @MN
N 9 Co Rte 22 / 9 State Rte 22 @WA
N 9 CO RT 22 / 9 RT 22 @VA
Y 9 Co. Rte. 22 / 9 County Route 22 @NJ
Y 9 Co Hwy 22 / 9 County Highway 22 @WI
N 9 CO HWY 22 / 9 US Hwy 22 @OH
N 9 CO-22 / 9 State Rd 22 @FL
Y 9 CO-22 / 9 Colorado Hwy 22 @CO
Y 9 CO Hwy 22 / 9 State Highway 22 @CO
N 9 Co Rd 22 / 9 CO Hwy 22 @CO
N 9 Co Hwy 22 / 9 Hwy 22 @AL
Y 9 Co Rt 22A / 9 County Rte 22A @NY
"""

DIRECTIONS = """
N 40 Fork North Ln / 40 Fork South Ln @TN
N 40 Mill West Dr / 40 Mill East Dr @TN
N 40 Old E Bridge Rd / 40 Old W Bridge Rd @TN
Y 40 Old E Bridge Rd / 40 Old East Bridge Rd @TN
N 40 Little North Fork Rd / 40 Little South Fork Rd @TN
Y 40 Little N Fork Rd / 40 Little North Fork Rd @TN
N 40 Great Northern Ave / 40 Great Southern Ave @TN
N 40 Bay Northwest Dr / 40 Bay Northeast Dr @TN
N 40 Southgate Dr / 40 Northgate Dr @TN
N 40 Eastwood Dr / 40 Westwood Dr @TN
N 40 Southland Ave / 40 Northland Ave @TN
N 40 Linwood Ave / 40 Lynnwood Dr @TN
N 40 Elmwood Ave / 40 Ellwood Ave @TN
N 40 Cherrywood Ln / 40 Cottonwood Ln @TN
N 40 Kingston Rd / 40 Kenton Rd @TN
N 40 Lakeland Dr / 40 Loveland Dr @TN
N 40 Milton St / 40 Melton St @TN
N 40 Woodland Ave / 40 Woodlawn Ave @TN
N 40 Glenwood Ave / 40 Greenwood Ave @TN
N 40 Ashton Ct / 40 Aston Ct @TN
N 40 Parkland Dr / 40 Parklawn Dr @TN
N 40 Preston Rd / 40 Princeton Rd @TN
"""

ROADS = """
Y 501 US Hwy 41 Byp / 501 US 41 Bypass @FL
Y 501 N Tamiami Trl / 501 North Tamiami Trail @FL
Y 501 Hwy 70 Bus / 501 Highway 70 Business @NC
Y 501 US 1 Alt / 501 Alternate US 1 @NC
Y 501 US 1 Alt / 501 Alt US Hwy 1 @NC
Y 501 Interstate 10 Frontage Rd / 501 I-10 Frontage Rd @TX
Y 501 IH-10 W Frontage Rd / 501 I 10 West Frontage Road @TX
N 501 IH-10 W Frontage Rd / 501 I 10 East Frontage Road @TX
Y 501 I-40 Service Rd / 501 Interstate 40 Service Road @OK
Y 501 I-40 Access Rd / 501 Interstate 40 Access Road @OK
Y 501 SH 6 S Frontage Rd / 501 State Highway 6 South Frontage Rd @TX
Y 501 FM 2222 / 501 Farm to Market Road 2222 @TX
Y 501 Farm-to-Market 2222 / 501 FM Rd 2222 @TX
Y 501 RR 12 / 501 Ranch Road 12 @TX
Y 501 RM Rd 620 / 501 Ranch to Market Rd 620 @TX
Y 501 Ranch-to-Market 620 / 501 RM 620 @TX
N 501 FM 620 / 501 SH 620 @TX
Y 501 PR 2210 / 501 Private Rd 2210 @TX
Y 501 Pvt Rd 2210 / 501 Private Road 2210 @TX
Y 501 US Highway 12 E / 501 US 12 East @WA
Y 501 VA-7 / 501 Virginia 7 @VA
Y 501 WV Route 9 / 501 West Virginia 9 @WV
Y 501 NH-101 / 501 New Hampshire Route 101 @NH
Y 501 RI 102 / 501 Rhode Island 102 @RI
Y 501 SC Hwy 9 / 501 South Carolina 9 @SC
Y 501 M-28 / 501 Michigan Hwy 28 @MI
Y 501 M 28 / 501 State Rte 28 @MI
Y 501 State Highway BB / 501 State Route BB @MO
Y 501 Route BB / 501 State Hwy BB @MO
N 501 State Highway BB / 501 State Route DD @MO
Y 501 Cty Rd 9 / 501 County Rd 9 @MN
Y 501 Cty Hwy BB / 501 County Hwy BB @WI
Y 501 County Trunk Hwy BB / 501 CTH BB @WI
Y 501 County Trunk BB / 501 Cty Rd BB @WI
Y 501 Old Rte 66 / 501 Old Route 66 @IL
Y 501 Old US Route 66 / 501 Old US Hwy 66 @IL
N 501 Old Rte 66 / 501 Rte 66 @IL
Y 501 Historic Route 66 / 501 Historic Rte 66 @AZ
Y 501 State Loop 1604 / 501 Loop 1604 @TX
Y 501 Spur 53 / 501 State Spur 53 @TX
N 501 Spur 53 / 501 Loop 53 @TX
Y 501 SR-89A / 501 State Route 89A @AZ
Y 501 Nebraska Hwy 2 / 501 NE-2 @NE
Y 501 N-2 / 501 Nebraska 2 @NE
Y 501 Indian Route 7 / 501 Indian Rte 7 @AZ
Y 501 BIA Rd 7 / 501 BIA Road 7 @AZ
Y 501 Parish Road 12 / 501 Parish Rd 12 @LA
Y 501 LA Hwy 1 / 501 Louisiana 1 @LA
Y 501 Highway 1 South / 501 Hwy 1 S @LA
Y 501 Quebec Rte / 501 Quebec Route @CO
Y 501 County Road 500 N / 501 CR 500 North @IL
N 501 County Road 500 N / 501 CR 500 S @IL
Y 501 E 1200 North Rd / 501 East 1200 N Rd @IL
Y 501 County Road 12 1/2 / 501 CR 12 1/2 @CO
N 501 County Road 12 1/2 / 501 CR 12 @CO
Y 501 US-Hwy-287 / 501 US Highway 287 @TX
Y 501 Highway #9 / 501 Hwy 9 @AR
Y 501 State Rd No. 9 / 501 State Road 9 @NM
Y 501 NM-14 / 501 New Mexico 14 @NM
Y 501 SD Hwy 34 / 501 South Dakota Highway 34 @SD
N 501 Hwy 9 Spur / 501 Hwy 9 @AR
N 501 Hwy 9 Loop / 501 Hwy 9 Spur @AR
"""

LINES = """
Y 315 - 14th Ave / 315 14th Ave @WA
Y 315-14th Ave NE / 315 14th Ave NE @WA
N 315-14th Ave / 315-15th Ave @WA
Y 66 N Avenue S / 66 North Avenue S @TX
Y 66 W Avenue K / 66 West Avenue K @CA
N 66 W Avenue K / 66 W Avenue J @CA
Y 66 Avenue K-4 / 66 Avenue K4 @CA
N 66 Avenue K-4 / 66 Avenue K-5 @CA
Y 66 Martin L King Jr Dr / 66 MLK Drive @OH
Y 66 Martin Luther King Blvd / 66 M L K Blvd @OH
Y 66 Dr MLK Jr St N / 66 Dr Martin Luther King Jr St N @FL
Y 66 Reverend Martin Luther King Jr Way / 66 Rev MLK Jr Way @WA
Y 66 John Fitzgerald Kennedy Dr / 66 JFK Dr @MA
Y 66 F D R Dr / 66 FDR Dr @NY
Y 66 Franklin D Roosevelt Dr / 66 FDR Dr @NY
Y 66 Clover Ln Fl12 / 66 Clover Ln 12FL @NY
Y 66 Clover Ln, 12th FL / 66 Clover Ln 12FL @NY
Y 66 Clover Ln none / 66 Clover Ln @NY
Y 66 Clover Ln|NONE / 66 Clover Ln @NY
Y 66 Clover Ln|null / 66 Clover Ln @NY
Y 66 Clover Ln|nan / 66 Clover Ln @NY
Y 66 Clover Ln|N/A / 66 Clover Ln @NY
Y 66 Clover Ln|- / 66 Clover Ln @NY
Y 66 Clover Ln Apt none / 66 Clover Ln @NY
Y 66 Clover Ln Unit NA / 66 Clover Ln @NY
Y 66 Clover Ln Apt # / 66 Clover Ln @NY
Y 66 Clover Ln United States / 66 Clover Ln @NY
Y 66 Clover Ln, United States of America / 66 Clover Ln @NY
Y 66 Clover Lnae / 66 Clover Ln @NY
Y 66 Clover Lane. / 66 Clover Ln @NY
Y 66 Clover Drvie / 66 Clover Dr @NY
Y 66 Clover Avneue / 66 Clover Ave @NY
Y 66 Clover Aveneu / 66 Clover Ave @NY
Y 66 Clover Raod / 66 Clover Rd @NY
Y 66 Clover Circel / 66 Clover Cir @NY
Y 66 Clover Coutr / 66 Clover Ct @NY
Y 66 Clover Plcae / 66 Clover Pl @NY
Y 66 Clover Strret / 66 Clover St @NY
Y 66 Clover Terrce / 66 Clover Ter @NY
Y 66 Clover Highwy / 66 Clover Hwy @NY
Y 66 Clover Pkway / 66 Clover Pkwy @NY
Y 66 CloverLn / 66 Clover Ln @NY
Y 66 Cloverlane / 66 Clover Ln @NY
Y 66 CloverDr Apt 2 / 66 Clover Dr Apt 2 @NY
Y 66 Cloverdrive / 66 Clover Dr @NY
Y 66 14thStreet / 66 14th St @NY
Y 66 E14th St / 66 E 14th St @NY
Y 66 Fourteenth St / 66 14th St @NY
Y 66 Twenty-First Ave / 66 21st Ave @NY
N 66 Twenty-First Ave / 66 20th Ave @NY
Y 66 St. Clair Ave / 66 Saint Clair Ave @NY
Y 66 Mt Vernon St / 66 Mount Vernon St @NY
Y 66 Ft Hamilton Pkwy / 66 Fort Hamilton Pkwy @NY
Y 66 O'Neil St / 66 ONeil St @NY
Y 66 Clover Ln Apt.4 / 66 Clover Ln Apt 4 @NY
Y 66 Clover Ln Apt. #4 / 66 Clover Ln Apt 4 @NY
Y 66 Clover Ln Apt-4 / 66 Clover Ln Apt 4 @NY
Y 66 Clover Ln Apt:4 / 66 Clover Ln Apt 4 @NY
Y 66 Clover Ln (Apt 4) / 66 Clover Ln Apt 4 @NY
Y 66 Clover Ln No. 4 / 66 Clover Ln Apt 4 @NY
Y 66 Clover Ln No 4 / 66 Clover Ln # 4 @NY
Y Apt 4 66 Clover Ln / 66 Clover Ln Apt 4 @NY
Y Apt 4, 66 Clover Ln / 66 Clover Ln Apt 4 @NY
Y #4 66 Clover Ln / 66 Clover Ln Apt 4 @NY
Y 4-66 Clover Ln / 4-66 Clover Ln @NY
"""

PUERTO_RICO = """
Y C-4 Calle 8 Urb Villa Flores / Urb Villa Flores|C4 Calle 8 @PR
Y Urb. Villa Flores C-4 Calle 8 / Urb Villa Flores|C4 Calle 8 @PR
Y Calle 8 C4 Urb Villa Flores / C4 Calle 8|Urb Villa Flores @PR
Y C 4 Calle 8|Urbanizacion Villa Flores / C4 Calle 8|Urb Villa Flores @PR
Y Calle Marina Num 22 / 22 Calle Marina @PR
Y Calle Marina No. 22 / 22 Calle Marina @PR
Y Calle Marina #22 / Calle Marina 22 @PR
Y C/ Marina 22 / 22 Calle Marina @PR
Y Carr. 115 Km. 3.4 / Carretera 115 Km 3.4 @PR
Y Carr 115 Km 3.4 Int / Carr 115 Km 3.4 Interior @PR
Y Bo Guayabal Carr 115 Km 3.4 / Carr 115 Km 3.4|Bo Guayabal @PR
Y PR-115 Km 3.4 / Carr 115 Km 3.4 @PR
N PR-115 Km 3.4 / Carr 115 Km 3.5 @PR
Y HC 2 Box 5510 / HC 02 Box 5510 @PR
Y HC-02 Box 5510 / HC 2 Box 5510 @PR
Y 22 Ave Ponce de Leon / 22 Avenida Ponce de Leon @PR
Y Ave Ponce de Leon 22 / 22 Ave Ponce de Leon @PR
Y Paseo del Rey 22 / 22 Paseo del Rey @PR
Y Ext Villa Flores|C4 Calle 8 / Extension Villa Flores|C4 Calle 8 @PR
N Ext Villa Flores|C4 Calle 8 / Urb Villa Flores|C4 Calle 8 @PR
Y PO Box 22 / Apartado 22 @PR
Y Apdo 22 / PO Box 22 @PR
N C4 Calle 8|Urb Villa Flores / C4 Calle 8|Urb Villa Rosa @PR
N Calle Marina #22 / Calle Marina #23 @PR
"""

NAMES_BEFORE = """
Y c/o Bo Larkin, 88 Larkspur Ave Apt 4 / 88 Larkspur Ave Apt 4 @NY
Y C/O LARKIN 88 Larkspur Ave / 88 Larkspur Ave @NY
Y c/o Larkin|88 Larkspur Ave / 88 Larkspur Ave @NY
Y 88 Larkspur Ave|c/o Larkin / 88 Larkspur Ave @NY
Y 88 Larkspur Ave c/o Larkin / 88 Larkspur Ave @NY
Y 88 Larkspur Ave Apt 4 c/o Larkin / 88 Larkspur Ave Apt 4 @NY
Y Attn Larkin 88 Larkspur Ave / 88 Larkspur Ave @NY
Y ATTN: B. Larkin|88 Larkspur Ave / 88 Larkspur Ave @NY
Y In care of Bo Larkin, 88 Larkspur Ave / 88 Larkspur Ave @NY
Y ℅ Bo Larkin, 88 Larkspur Ave / 88 Larkspur Ave @NY
Y Larkin Residence, 88 Larkspur Ave / 88 Larkspur Ave @NY
Y Osprey Court Apartments, 88 Larkspur Ave Apt 4 / 88 Larkspur Ave Apt 4 @NY
Y Osprey Court Apartments|88 Larkspur Ave Apt 4 / 88 Larkspur Ave Apt 4 @NY
Y 88 Larkspur Ave Apt 4|Osprey Court Apartments / 88 Larkspur Ave Apt 4 @NY
Y Osprey Manor Nursing Home, 88 Larkspur Ave / 88 Larkspur Ave @NY
Y The Osprey, 88 Larkspur Ave # 4 / 88 Larkspur Ave # 4 @NY
Y Estate of Bo Larkin, 88 Larkspur Ave / 88 Larkspur Ave @NY
Y c/o St. Mary's Shelter, 12 W 5th St / 12 W 5th St @NY
Y c/o Bo Larkin, RR 2 Box 15 / RR 2 Box 15 @NY
Y c/o Bo Larkin PO Box 15 / PO Box 15 @NY
N c/o Bo Larkin Apt 2, 88 Larkspur Ave / 88 Larkspur Ave @NY
N Osprey Court Bldg 2, 88 Larkspur Ave Apt 4 / 88 Larkspur Ave Apt 4 @NY
N Tower B, 88 Larkspur Ave Apt 4 / Tower C, 88 Larkspur Ave Apt 4 @NY
"""

ROWS = [
    row
    for table in (UNITS, COUNTY, DIRECTIONS, ROADS, LINES, PUERTO_RICO, NAMES_BEFORE)
    for row in table.split("\n")
    if row
]


@pytest.mark.parametrize("row", ROWS)
def test_two_addresses_lead_to_one_home_or_never(row: str) -> None:
    assert is_as_said(row)
