"""The small board, Merrowdale: about 400 children a year, with agencies that keep records as many really do.

Its police force and its safeguarding unit are Aldermere's. The sectors with gaps are not those of Aldermere. So a rule
that finds a gap on one board cannot find it on the other for the same reason.
"""

from __future__ import annotations

from datetime import date

from demo.boards import SMALL
from demo.synthetic import borough as b
from demo.synthetic.borough import Place, Plant

PLANT = Plant(
    rise_ward="X05000036",
    rise_children=14,
    early_recogniser=b.POLICE,
    late_recogniser=b.SCHOOLS,
    under_reporter=b.SOCIAL_CARE,
    late_returns=((b.YOUTH_JUSTICE, "2024Q4"), (b.SOCIAL_CARE, "2025Q2"), (b.HEALTH, "2025Q3")),
    gap_agency=b.YOUTH_JUSTICE,
    gap_category="relationships",
    effective_agency=b.SCHOOLS,
    effective_category="online",
    idle_agency=b.YOUTH_JUSTICE,
    idle_category="relationships",
    # Its health service is a clinic and a school nurses' list: neither prints an identifier.
    untokened_agency=b.HEALTH,
    untokened_records=("cse_concern", "indicator_observed", "screening"),
    names_only=(b.HOUSING,),
    upn_mostly=(b.SCHOOLS,),
    second_hand=0.35,
    double_entry=0.03,
    shift_agency=b.SCHOOLS,
    shift_from=date(2025, 9, 1),
    shift_before=0.55,
    shift_after=0.85,
    answers_repeat=0.2,
    rarely_found=("rise", "late_recogniser", "gap", "effective", "idle"),
)

MERROWDALE = Place(
    board=SMALL,
    size=0.29,
    agencies={
        b.POLICE: b.POLICE,
        b.SAFEGUARDING: b.SAFEGUARDING,
        b.SOCIAL_CARE: "merrowdale-social-care",
        b.HEALTH: "merrowdale-health",
        b.SCHOOLS: "merrowdale-schools",
        b.YOUTH_JUSTICE: "merrowdale-youth-justice",
        b.VOLUNTARY: "merrowdale-voluntary",
        b.HOUSING: "merrowdale-housing",
    },
    plant=PLANT,
    first=40_000,
    mark="M",
    own_name="",
)
