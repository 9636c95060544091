"""The kinds of address that clerks write: which two may lead to one home, and which never do.

A row is `Y` or `N`, two addresses of one city and ZIP (`|` parts their lines), and the state where
it is another than New York. Y: a question at the one finds who is held at the other. N: no key of
the one is a key of the other, so that nobody is confirmed. Where two may lead to one home, the
guards must know that they ask about one: they share a home key.
"""

import pytest

from counterfoil.core.values import Address, AddressForm
from counterfoil.normalize import address_keys, home_keys, normalize_address

ZIPS = {
    "NY": "12207", "PR": "00926", "CO": "80201", "TX": "78701", "MD": "20601", "MI": "48901",
    "MO": "65101", "WI": "53701",
}  # fmt: skip

UNITS = """
N 1007 Mallow St 2nd Floor Apt 4 / 1007 Mallow St 4th Floor #2
Y 1007 Mallow St 4th Floor Apt 2 / 1007 Mallow St 4th Floor #2
N 1007 Mallow St Apt 3 / 1007 Mallow St Bldg 3|Apt 3
Y 1007 Mallow St Bldg 3 Apt 3 / 1007 Mallow St Bldg 3|Apt 3
N 1007 Mallow St FL 4 / 1007 Mallow St Apt 4
N 1007 Mallow St BLDG 4 / 1007 Mallow St Apt 4
N 1007 Mallow St LOT 4 / 1007 Mallow St Apt 4
N 1007 Mallow St STE 4 / 1007 Mallow St Apt 4
N 1007 Mallow St PMB 4 / 1007 Mallow St Apt 4
N 1007 Mallow St BOX 4 / 1007 Mallow St Apt 4
Y 1007 Mallow St FL 4 / 1007 Mallow St # 4
Y 1007 Mallow St Unit 4 / 1007 Mallow St Apt 4
Y 1007 Mallow St Apt 4 / 1007 Mallow St # 4
Y 1007 Mallow St STE 4 / 1007 Mallow St # 4
Y 1007 Mallow St STE 4 / 1007 Mallow St|4
Y 1007 Mallow St Bldg A Apt 12 / 1007 Mallow St Apt A12
Y 1007 Mallow St Bldg A # 12 / 1007 Mallow St Apt A-12
Y 1007 Mallow St Bldg A # 12 / 1007 Mallow St Bldg A Apt 12
Y 1007 Mallow St Basement Apt 14 / 1007 Mallow St Basement # 14
N 1007 Mallow St Apt North / 1007 Mallow St Apt South
N 1007 Mallow St 2nd Floor East / 1007 Mallow St 2nd Floor West
N 1007 Mallow St Top Floor / 1007 Mallow St
N 1007 Mallow St Apartment Number Four / 1007 Mallow St Apartment Number Five
Y 1007 Mallow St Apartment Number Four / 1007 Mallow St Apt 4
Y 1007 Mallow St Apt Twenty One / 1007 Mallow St Apt 21
Y 1007 Mallow St # Twenty One / 1007 Mallow St|Apt 21
N 1007 Mallow St Studio / 1007 Mallow St
Y 1007 Mallow St Studio / 1007 Mallow St|Studio Apt
N 1007 Mallow St Penthouse / 1007 Mallow St
N 1007 Mallow St Basement / 1007 Mallow St
N 1007 Mallow St Rear / 1007 Mallow St Front
N 1007 Mallow St Upper / 1007 Mallow St Lower
N 1007 Mallow St Lot 4 / 1007 Mallow St Spc 4
N 1007 Mallow St Trlr 4 / 1007 Mallow St Apt 4
N 1007 Mallow St Hangar 4 / 1007 Mallow St Apt 4
N 1007 Mallow St Slip 4 / 1007 Mallow St Apt 4
N 1007 Mallow St Pier 4 / 1007 Mallow St Apt 4
N 1007 Mallow St Key 4 / 1007 Mallow St Apt 4
N 1007 Mallow St Dept 4 / 1007 Mallow St Apt 4
N 1007 Mallow St Trailer / 1007 Mallow St
N 1007 Mallow St Garden Level / 1007 Mallow St
N 1007 Mallow St Main Floor / 1007 Mallow St Top Floor
N 1007 Mallow St Suite Blue / 1007 Mallow St Suite Red
N 1007 Mallow St Apt Garden / 1007 Mallow St Apt Rear
N 1007 Mallow St Apt A / 1007 Mallow St Ste A
N 1007 Mallow St Apt 4 Rear / 1007 Mallow St Apt 4
Y 1007 Mallow St Fl 2 Apt B / 1007 Mallow St|Apt B 2nd Floor
N 1007 Mallow St 10FL / 1007 Mallow St # 11
Y 1007 Mallow St 10FL / 1007 Mallow St 10th Floor
Y 1007 Mallow St Apt4 / 1007 Mallow St Apt 4
Y 1007 Mallow St|Apt4 / 1007 Mallow St Apt 4
Y 1007 Mallow St FL10 / 1007 Mallow St 10th Floor
Y 1007 Mallow St|2nd Flr Apt 4 / 1007 Mallow St|Apt 4 Floor 2
Y 1007 Mallow St Apt 4|# 4 / 1007 Mallow St Apt 4
Y 1007 Mallow St Unit B, Bldg 2 / 1007 Mallow St Bldg 2 Unit B
Y 1007 Mallow St Apt N / 1007 Mallow St Apt North
N 1007 Mallow St Upstairs Apt / 1007 Mallow St Downstairs Apt
N 1007 Mallow St Floor 2 / 1007 Mallow St Floor 2 Rear
N 1007 Mallow St Left / 1007 Mallow St Right
N 1007 Mallow St Apt Left / 1007 Mallow St Apt Right
Y 1007 Mallow St Apt Left / 1007 Mallow St Left
N 1007 Mallow St Coach House / 1007 Mallow St
N 1007 Mallow St Guest House / 1007 Mallow St
N 1007 Mallow St Carriage House / 1007 Mallow St
N 1007 Mallow St 1/2 / 1007 Mallow St
N 1007 Mallow St Penthouse East / 1007 Mallow St Penthouse West
N 1007 Mallow St Apt NE / 1007 Mallow St Apt NW
N 1007 Mallow Ave N Apt North / 1007 Mallow Ave N Apt South
N 1007 Broadway Top Floor / 1007 Broadway
N 1007 Broadway Apt North / 1007 Broadway Apt South
N 1007 Broadway Suite 4 / 1007 Broadway Apt 4
N 1007 Broadway 2nd Floor East / 1007 Broadway 2nd Floor West
"""

ROADS = """
N 12 State Route 17 / 12 Co Rte 17
Y 12 County Route 17 / 12 Co Rt 17
Y 12 County Road 17 / 12 Co Hwy 17
N 12 NY 17 / 12 Co Hwy 17
N 12 State Hwy 17 / 12 Co Rt 17 @PA
N 12 Route 17 / 12 Co Rt 17
Y 12 State Hwy 17 / 12 Co Hwy 17 @CO
Y 12 Colorado 17 / 12 CO 17 @CO
Y 12 County Road 17 / 12 Co Rd 17 @CO
N 12 County Road 17 / 12 Co Hwy 17 @CO
Y 1113 Hwy 13 Byp / 1113 Highway 13 Bypass
N 1113 Hwy 13 Byp / 1113 Hwy 13
Y 1113 I 35 Frontage Rd / 1113 Interstate 35 Frontage Road
Y 1113 I-35 Frontage Rd / 1113 IH 35 Frontage Road @TX
N 1113 I 35 Frontage Rd / 1113 I 35
Y 1113 US Bus 64 / 1113 Business US Hwy 64
Y 1113 US 64 Bus / 1113 US Highway 64 Business
N 1113 US 64 Bus / 1113 US Highway 64 Alt
N 1113 US 64 Bus / 1113 US Highway 64 Bypass
Y 1113 State Route 7 Spur / 1113 SR 7 Spur
Y 1113 Hwy 5 Loop / 1113 Highway 5 Loop
Y 1113 Alt 19 / 1113 Highway 19 Alt
Y 2418 RM 1431 / 2418 FM 1431 @TX
Y 2418 RM 1431 / 2418 Ranch Road 1431 @TX
Y 2418 RM 1431 Apt 4 / 2418 Ranch Road 1431 # 4 @TX
N 2418 RM 1431 / 2418 RM 1413 @TX
N 2418 FM 1431 / 2418 FM 2222 @TX
Y 2418 Private Road 147 / 2418 PR 147 @TX
N 2418 Private Road 147 / 2418 County Road 147 @TX
N 2418 PR 147 / 2418 PR 174 @TX
Y 2418 US Highway 64 W / 2418 Hwy 64 W
Y 2418 US Highway 64 / 2418 Hwy 64
Y 2418 State Highway 64 / 2418 Hwy 64
N 2418 US Highway 64 / 2418 State Highway 64
Y 2418 US Highway 64 / 2418 Rt 64
N 2418 US Highway 64 / 2418 County Road 64
N 2418 Hwy 64 / 2418 County Road 64
N 2418 Hwy 64 / 2418 I 64
Y 2418 MD-762 / 2418 Maryland 762 @MD
Y 2418 MD Rt 762 / 2418 Maryland Route 762 @MD
Y 2418 M-43 / 2418 Michigan 43 @MI
Y 2418 M 43 / 2418 State Hwy 43 @MI
N 2418 M-43 / 2418 M-34 @MI
Y 2418 K-10 / 2418 Kansas Hwy 10 @KS
Y 2418 State Route K / 2418 State Hwy K @MO
Y 2418 State Route K / 2418 State Hwy K
Y 2418 SR MM / 2418 State Route MM @MO
Y 2418 Hwy MM / 2418 State Route MM @MO
N 2418 SR MM / 2418 SR NN @MO
N 2418 State Route K / 2418 State Route J @MO
Y 2418 Cty Hwy 17 / 2418 County Road 17 @WI
Y 2418 Cty Rd K / 2418 County Hwy K @WI
Y 2418 CTH K / 2418 Hwy K @WI
N 2418 CTH K / 2418 CTH J @WI
Y 2418 CSAH 17 / 2418 County Road 17 @MN
Y 2418 Old State Route 34 / 2418 Old State Rd 34
N 2418 Old State Route 34 / 2418 State Rte 34
N 2418 Old State Route 34 / 2418 Old State Rd 43
Y 2418 Township Road 12 / 2418 Twp Rd 12 @OH
Y 2418 TR 12 / 2418 Twp Rd 12 @OH
N 2418 TR 12 / 2418 County Rd 12 @OH
Y 2418 Forest Service Rd 12 / 2418 FS Rd 12 @OR
Y 2418 Loop 410 / 2418 State Loop 410 @TX
N 2418 Loop 410 / 2418 State Hwy 410 @TX
N 2418 County Road 12 / 2418 County Road 12A
N 2418 County Road 12 / 2418 County Road 21
Y 2418 E State Road 46 / 2418 E SR 46 @IN
Y 2418 Highway A1A / 2418 State Road A1A @FL
Y 2418 N US 31 / 2418 N US Highway 31 @IN
Y 2418 Old US Hwy 31 / 2418 Old US 31 @IN
N 2418 Old US Hwy 31 / 2418 US 31 @IN
Y 2418 Texas 71 / 2418 State Hwy 71 @TX
Y 2418 North Carolina Hwy 42 / 2418 NC 42 @NC
Y 2418 Carr 2 / 2418 PR 2 @PR
Y 2418 US Hwy 1 N / 2418 US 1 North
Y 2418 US Hwy 98 E Lot 7 / 2418 Highway 98 E Lot 7 @FL
"""

LINES = """
Y 2227 - 8th Street / 2227 8th St
Y 2227-8th Ave / 2227 8th Avenue
Y 2227-8th Ave / 2227 Eighth Avenue
Y 45-12 Ditmars Blvd / 45 - 12 Ditmars Blvd
N 45-12 Ditmars Blvd / 4512 Ditmars Blvd
N 2227-8th Ave / 2227 9th Avenue
Y 2227-21st St / 2227 21 St
Y 2227-11th St / 2227 11 St
Y 2227 S Avenue N / 2227 South Avenue N
Y 2227 Avenue J8 / 2227 Avenue J-8
N 2227 Avenue J8 / 2227 Avenue J9
N 2227 Avenue J-8 / 2227 Avenue J # 8
N 2227 Avenue N / 2227 Avenue S
Y 2227 MLK Jr Blvd / 2227 Martin Luther King Jr Blvd
Y 2227 MLK Blvd / 2227 Dr Martin Luther King Jr Blvd
Y 2227 Dr M.L. King Jr Dr / 2227 MLK Dr
Y 2227 W MLK Blvd / 2227 West Martin L King Blvd
Y 2227 JFK Blvd / 2227 John F Kennedy Blvd
Y 2227 JFK Blvd / 2227 John F. Kennedy Boulevard
N 2227 JFK Blvd / 2227 MLK Blvd
Y 2227 Mallow St None / 2227 Mallow St
Y 2227 Mallow St|None / 2227 Mallow St
Y 2227 Mallow St USA / 2227 Mallow St
Y 2227 Mallow St, U.S.A. / 2227 Mallow St
Y 2227 Mallow St|USA / 2227 Mallow St
Y 2227 Mallow St Apt N/A / 2227 Mallow St
Y 2227 Mallow St|Apt N/A / 2227 Mallow St
Y 2227 Mallow St|Apt None / 2227 Mallow St
Y 2227 Mallow St Apt 4 USA / 2227 Mallow St # 4
Y 2227 Mallow St Apt 4, Albany NY 12207 USA / 2227 Mallow St # 4
Y 2227 Mallow St, Albany / 2227 Mallow St
Y 2227 Mallow St, Albany, NY / 2227 Mallow St
Y 2227 Mallow St Apt 4, Albany NY 12207 / 2227 Mallow St # 4
Y 2227 Mallow Stret / 2227 Mallow St
Y 2227 Mallow Streeet / 2227 Mallow St
Y 2227 MallowSt / 2227 Mallow St
Y 2227 Mallowstreet / 2227 Mallow St
Y 2227 Mallow Boulevrad / 2227 Mallow Blvd
Y 2227 Mallow Parkwy / 2227 Mallow Pkwy
Y 2227 Mallow Terace / 2227 Mallow Ter
Y 2227 Mallow Cresent / 2227 Mallow Cres
Y 2227 Mallow Hiway / 2227 Mallow Hwy
Y 2227 Mallow Trial / 2227 Mallow Trl
Y 2227 Mallow Squre / 2227 Mallow Sq
Y 2227 MallowAve Apt 4 / 2227 Mallow Ave Apt 4
Y 2227 8thSt / 2227 8th St
N 2227 MallowSt / 2227 Marlow St
"""

PUERTO_RICO = """
Y Calle 5 12|Urb Las Palomas / Urb Las Palomas|12 Calle 5 @PR
Y 12 Calle 5|Urb Las Palomas / Urb Las Palomas|12 Calle 5 @PR
Y 12 Calle 5 Urb Las Palomas / Urb Las Palomas|12 Calle 5 @PR
Y Urb Las Palomas 12 Calle 5 / Urb Las Palomas|12 Calle 5 @PR
Y Urb Las Palomas Calle 5 B12 / Urb Las Palomas|B12 Calle 5 @PR
Y B12 Calle 5|Urb Las Palomas / Urb Las Palomas|B-12 Calle 5 @PR
Y B-12 Calle 5, Urb. Las Palomas / Urb Las Palomas|B 12 Calle 5 @PR
Y Calle 5 B-12|Urb Las Palomas / Urbanización Las Palomas|B12 Calle 5 @PR
Y Calle Sol #123 / 123 Calle Sol @PR
Y Calle Sol 123 / 123 Calle Sol @PR
Y Calle Sol # 123 Apt 4 / 123 Calle Sol Apt 4 @PR
N Calle Sol #123 / 123 Calle Luna @PR
N Calle Sol #123 / 124 Calle Sol @PR
Y Carr 704 Km 1.7 / Carretera 704 KM 1.7 @PR
N Carr 704 Km 1.7 / Carr 704 Km 17 @PR
N Carr 704 Km 1.7 / Carr 704 Km 1.8 @PR
Y Carr 704 Km 1.7 / Carr 704 Km 1 Hm 7 @PR
Y Carr 704 Km 1.7 / PR-704 Km 1.7 @PR
N Carr 704 Km 1.7 / Carr 740 Km 1.7 @PR
N 12 Calle 5|Urb Las Palomas / 12 Calle 5|Urb Las Lomas @PR
N 12 Calle 5|Urb Las Palomas / 12 Calle 6|Urb Las Palomas @PR
N B12 Calle 5|Urb Las Palomas / B13 Calle 5|Urb Las Palomas @PR
N B12 Calle 5|Urb Las Palomas / C12 Calle 5|Urb Las Palomas @PR
"""

NAMES_BEFORE = """
Y c/o Ann Quimby, 1007 Mallow St / 1007 Mallow St
Y C/O Ann Quimby 1007 Mallow St Apt 4 / 1007 Mallow St # 4
Y % Ann Quimby, 1007 Mallow St / 1007 Mallow St
Y Attn: Ann Quimby, 1007 Mallow St / 1007 Mallow St
Y Care of Ann Quimby, 1007 Mallow St / 1007 Mallow St
Y c/o Ann Quimby, PO Box 123 / PO Box 123
Y c/o Heron Towers, 45-12 Ditmars Blvd / 45-12 Ditmars Blvd
Y Heron Towers, 1007 Mallow St Apt 4 / 1007 Mallow St Apt 4
Y Heron Towers|1007 Mallow St Apt 4 / 1007 Mallow St Apt 4
Y 1007 Mallow St Apt 4, c/o Ann Quimby / 1007 Mallow St Apt 4
Y 1007 Mallow St Apt 4|c/o Ann Quimby / 1007 Mallow St Apt 4
N Rear, 1007 Mallow St / 1007 Mallow St
N Lower Unit, 1007 Mallow St / 1007 Mallow St
N Heron Towers 4, 1007 Mallow St / 1007 Mallow St
N North Tower, 1007 Mallow St / South Tower, 1007 Mallow St
N Apt Four, 1007 Mallow St / Apt Five, 1007 Mallow St
N c/o Ann Quimby Apt 4, 1007 Mallow St / c/o Ann Quimby Apt 5, 1007 Mallow St
N Guest House, 1007 Mallow St / 1007 Mallow St
"""

STREET_NAMES = """
N 12 Columbus South Rd / 12 Columbus North Rd
Y 12 Old N Church Rd / 12 Old North Church Rd
N 12 Old N Church Rd / 12 Old S Church Rd
N 12 Old North Church Rd / 12 Old South Church Rd
N 12 Upper East River Rd / 12 Upper West River Rd
N 12 Great North Rd / 12 Great South Rd
N 12 New East Lake Dr / 12 New West Lake Dr
N 12 Columbus East Rd / 12 Columbus West Rd
N 12 Lower NE Ridge Rd / 12 Lower NW Ridge Rd
Y 12 Lower NE Ridge Rd / 12 Lower Northeast Ridge Rd
Y 12 Columbus S Rd / 12 Columbus South Rd
N 12 Brentwood Rd / 12 Beechwood Rd
N 12 Ashland Ave / 12 Ashwood Ave
N 12 Oakland Dr / 12 Oakwood Dr
N 12 Mapleton Rd / 12 Maplewood Rd
N 12 Clarkston St / 12 Clayton St
N 12 Hamilton St / 12 Hampton St
N 12 Redwood Ct / 12 Rosewood Ct
N 12 Kingsland Rd / 12 Kirkland Rd
N 12 Wheaton Ln / 12 Weston Ln
N 12 Fairview Ln / 12 Fairmont Ln
N 12 Norwood Ave / 12 Northwood Ave
N 12 Brookfield Rd / 12 Bloomfield Rd
Y 12 Brentwood Rd / 12 Brenwood Rd
Y 12 Brentwood Rd / 12 Brentwod Rd
Y 12 Oakwood Rd / 12 Oakwodd Rd
Y 12 Kirkland Rd / 12 Kirklnad Rd
"""

ATTACKS = """
N 1007 Mallow St Apt 4 / 1007 Mallow St Ste 4
N 1007 Mallow St Upper Level / 1007 Mallow St Lower Level
N 1007 Mallow St Unit East / 1007 Mallow St Unit West
N 1007 Mallow St, Apt One / 1007 Mallow St, Apt Two
N 1007 Mallow St 1st Flr / 1007 Mallow St 2nd Flr
N 1007 Mallow St|Third Floor / 1007 Mallow St|Fourth Floor
N 1007 Mallow St|Floor Three / 1007 Mallow St|Floor Four
N 1007 Mallow St|Front Apt / 1007 Mallow St|Back Apt
N 1007 Mallow St|Cottage / 1007 Mallow St
N 1007 Mallow St|Garage Apt / 1007 Mallow St
N 1007 Mallow St|In-Law / 1007 Mallow St
N 1007 Mallow St Apt A / 1007 Mallow St Apt B
N 1007 Mallow St Bldg A / 1007 Mallow St Apt A
N 1007 Mallow St Bldg 1 Apt 2 / 1007 Mallow St Bldg 2 Apt 1
N 1007 Mallow St Fl 1 Apt 2 / 1007 Mallow St Fl 2 Apt 1
N 1007 Mallow St Tower 1 Apt 2 / 1007 Mallow St Tower 2 Apt 1
Y 1007 Mallow St Tower 1 Apt 2 / 1007 Mallow St Twr 1 # 2
N 1007 Mallow St East Wing / 1007 Mallow St West Wing
N 1007 Mallow St Unit Lower / 1007 Mallow St Unit Upper
N 12 State Rd 7 / 12 County Rd 7
N 12 FM 7 / 12 Private Rd 7 @TX
N 12 Farm Road 7 / 12 County Road 7 @TX
N 12 Old Hwy 7 / 12 Hwy 7
N 12 Old Hwy 7 / 12 New Hwy 7
N 12 Hwy 7 N Frontage Rd / 12 Hwy 7 N
Y 12 Hwy 7 Frontage Rd / 12 Highway 7 Frontage Road
N 12 Co Rd 7 / 12 Co Rd 8
N 12 CO Road 7 / 12 State Hwy 7 @CO
Y 12 Ky 7 / 12 Kentucky 7 @KY
Y 12 KY-7 / 12 Kentucky Hwy 7 @KY
Y 12 Hwy 7 Business / 12 Hwy 7 Bus
N 12 East North St / 12 East South St
N 12 Mount North Rd / 12 Mount South Rd
N 12 Lake Shore East Dr / 12 Lake Shore West Dr
Y 12 Lakeshore Dr / 12 Lake Shore Dr
N 12 Greenland Rd / 12 Greenwood Rd
N 12 Burton St / 12 Benton St
N 12 Rockland Ave / 12 Richland Ave
N 12 Cleveland Ave / 12 Copeland Ave
N 12 Highland Ave / 12 Holland Ave
N 12 Edgewood Dr / 12 Elmwood Dr
N 12 Dalton Rd / 12 Denton Rd
Y 94-1024 Waipio Uka St / 94-1024 Waipio Uka Street @HI
N 94-1024 Waipio Uka St / 941024 Waipio Uka Street @HI
Y 350 W 200 S / 350 West 200 South @UT
N 350 W 200 S / 350 W 200 N @UT
N 350 W 200 S / 350 E 200 S @UT
N 12 1/2 Mallow St / 12 Mallow St
N RR 2 Box 15 / RR 3 Box 15
Y RR 2 Box 15 / Rural Route 2, Box 15
N PSC 3 Box 15 / PSC 4 Box 15 @AE
N Dept 5 PO Box 12 / Dept 6 PO Box 12
Y Department 5, P.O. Box 12 / Dept 5 PO Box 12
N Calle 5 12|Urb Las Palomas / Calle 12 5|Urb Las Palomas @PR
N B5 Calle 12|Urb X Dorada / B12 Calle 5|Urb X Dorada @PR
Y Urb Las Palomas|Calle 5 #12 / 12 Calle 5|Urb. Las Palomas @PR
Y Calle Luna 10 Apt 3 / 10 Calle Luna Apt 3 @PR
N Carr 2 Km 10.5 / Carr 2 Km 105 @PR
N Carr 2 Km 10.5|Apt 3 / Carr 2 Km 10.5|Apt 4 @PR
N c/o Ann Quimby, 1007 Mallow St / c/o Ann Quimby, 1009 Mallow St
Y c/o A. Quimby 12 E 5th St Apt 3 / 12 East 5th St # 3
N Upper, 1007 Mallow St / Lower, 1007 Mallow St
N One Mallow Plaza / 2 Mallow Plaza
Y One Mallow Plaza / 1 Mallow Plaza
Y 1007 mallow street, albany, ny / 1007 Mallow St
N 12 Forest Rd / 12 Fore Rd
N 12 West St / 12 East St
N 12 Ave N / 12 Ave S
N 12 Avenue N / 12 Avenue M
N 2227-8th Ave / 2227-8 Ave
N 1007 Mallow St Bldg North / 1007 Mallow St Bldg South
N 1007 Mallow St Ste North / 1007 Mallow St Apt North
"""

ROWS = [
    (name, row)
    for name, table in (
        ("units", UNITS),
        ("roads", ROADS),
        ("lines", LINES),
        ("puerto rico", PUERTO_RICO),
        ("names before", NAMES_BEFORE),
        ("street names", STREET_NAMES),
        ("attacks", ATTACKS),
    )
    for row in table.split("\n")
    if row
]


def form(written: str, state: str) -> AddressForm:
    line1, _, line2 = written.partition("|")
    zip_code = ZIPS.get(state, "12207")
    return normalize_address(Address(line1.strip(), line2.strip(), "Albany", state, zip_code))


def is_as_said(row: str) -> bool:
    """Whether the two addresses of a row do as it says."""
    pair, _, state = row[2:].partition(" @")
    one, two = (form(each, state or "NY") for each in pair.split(" / "))
    keys = [{each.key for each in address_keys(each)} for each in (one, two)]
    if row[0] == "N":
        return not keys[0] & keys[1]
    return bool(keys[0] & keys[1]) and bool(set(home_keys(one)) & set(home_keys(two)))


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_two_addresses_lead_to_one_home_or_never(table: str, row: str) -> None:
    assert is_as_said(row)


@pytest.mark.parametrize(
    ("written", "state", "zip5"),
    [
        ("2139.0", "MA", "02139"),
        ("2139", "MA", "02139"),
        ("60601.0", "IL", "60601"),
        ("926", "PR", "00926"),
        ("926.0", "PR", "00926"),
        ("802", "VI", "00802"),
        ("501", "NY", "00501"),
        ("6390", "NY", "06390"),
        ("6103", "CT", "06103"),
        ("4101.00", "ME", "04101"),
        ("3301", "NH", "03301"),
        ("8608", "NJ", "08608"),
        ("2903.", "RI", "02903"),
        ("5602", "VT", "05602"),
        ("21391234", "MA", "02139"),
        ("2139-1234", "MA", "02139"),
        ("9261234", "PR", "00926"),
        ("12207.0", "NY", "12207"),
        ("6060", "MA", ""),
        ("2139", "IL", ""),
        ("2139", "", ""),
        ("926", "MA", ""),
        ("926", "VI", ""),
        ("60601.5", "IL", ""),
        ("606", "IL", ""),
        ("139", "MA", ""),
    ],
)
def test_a_zip_gets_back_what_a_spreadsheet_took_where_one_reading_is_possible(
    written: str, state: str, zip5: str
) -> None:
    assert normalize_address(Address("1 Mallow St", "", "Anytown", state, written)).zip5 == zip5


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("Apt 4", "APT 4"),
        ("Unit 4-B", "APT 4B"),
        ("# 4", "4"),
        ("4", "4"),
        ("Suite 004", "STE 4"),
        ("4th Floor", "FL 4"),
        ("Fl No 4", "FL 4"),
        ("Bldg 3 Apt 4", "BLDG 3 APT 4"),
        ("Apt 4 Bldg 3", "BLDG 3 APT 4"),
        ("Basement Apt # 14", "BSMT APT 14"),
        ("Top Floor", "FL TOP"),
        ("2nd Floor East", "FL 2 E"),
        ("Studio", "STUDIO"),
        ("Apt Rear", "REAR"),
        ("Lot 7", "LOT 7"),
        ("PMB 12", "PMB 12"),
        ("Apartment Twenty One", "APT 21"),
    ],
)
def test_a_unit_keeps_the_kind_of_its_designator(written: str, unit: str) -> None:
    assert (
        normalize_address(Address("1007 Mallow St", written, "Albany", "NY", "12207")).unit == unit
    )


WRITTEN = [
    "", "4", "# 4", "Apt 4", "Unit 4", "Ste 4", "Fl 4", "Bldg 4", "Lot 4", "PMB 4", "Box 4", "Rear",
    "Apt Rear", "Studio", "Studio 4", "Bsmt", "Bsmt 4", "Bsmt Apt 4", "Bldg A Apt 12", "Apt A12",
    "Bldg A # 12", "Fl 2 Apt 4", "Fl 2 # 4", "Fl 4 # 2", "Apt 3-4", "Bldg 3 Apt 4", "PH 2", "Apt PH2",
    "Tower N Apt 4", "2nd Floor East", "Top Floor", "Spc 4", "Trlr 4", "Bldg 3 Ste 4", "Apt N",
]  # fmt: skip


def test_whatever_two_units_may_be_one_the_guards_count_them_as_one() -> None:
    forms = [form(f"1007 Mallow St|{each}", "NY") for each in WRITTEN]
    keys = [{each.key for each in address_keys(each)} for each in forms]
    homes = [set(home_keys(each)) for each in forms]
    for one in keys:  # whatever leads to one home shares a key with all that leads there
        led = [home for key, home in zip(keys, homes, strict=True) if one & key]
        assert set.intersection(*led)
