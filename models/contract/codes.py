"""Closed code lists of the event contract; each class names its source.

Every list that describes a child or an episode has `unknown` (asked, not known) and `not_recorded` (the
source has no value): the two are never merged (docs/glossary.md). Codes are never renamed; a board may edit
labels, tiers and observers, never codes.
"""

from __future__ import annotations

from enum import StrEnum


class Sector(StrEnum):
    """Sectors that publish: CIN census referral sources (CIN_schema_2023.xsd), and others of Working Together."""

    POLICE = "police"
    SOCIAL_CARE = "childrens_social_care"
    HEALTH = "health"
    EDUCATION = "education"
    YOUTH_JUSTICE = "youth_justice"
    VOLUNTARY = "voluntary"
    HOUSING = "housing"
    PROBATION = "probation"
    ADULTS_SERVICES = "adults_services"
    CHILDRENS_HOMES = "childrens_homes"
    FAITH_BODIES = "faith_bodies"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class SourceSystem(StrEnum):
    """Kinds of case system, never the name of an installation."""

    LCS = "lcs"
    MOSAIC = "mosaic"
    ECLIPSE = "eclipse"
    CAREDIRECTOR = "caredirector"
    AZEUS = "azeus"
    SSDA903 = "ssda903"
    COMPACT = "compact"
    NICHE = "niche"
    CONNECT = "connect"
    ATHENA = "athena"
    CPOMS = "cpoms"
    MYCONCERN = "myconcern"
    SIMS = "sims"
    ARBOR = "arbor"
    BROMCOM = "bromcom"
    SYSTMONE = "systmone"
    EMIS = "emis"
    SEXUAL_HEALTH = "sexual_health"
    CHILDVIEW = "childview"
    CORE_PLUS = "core_plus"
    ASSETPLUS = "assetplus"
    LAMPLIGHT = "lamplight"
    CHARITYLOG = "charitylog"
    HOUSING_SYSTEM = "housing_system"
    TRAINING_SYSTEM = "training_system"
    SPREADSHEET = "spreadsheet"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class HourBand(StrEnum):
    """The finest time that leaves an agency, London time."""

    NIGHT = "00-06"
    MORNING = "06-12"
    AFTERNOON = "12-18"
    EVENING = "18-24"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class DurationBand(StrEnum):
    """Length of a missing episode, classed at the agency because it needs minutes."""

    LT_6H = "lt_6h"
    H6_24 = "6_24h"
    D1_3 = "1_3d"
    D3_7 = "3_7d"
    GT_7D = "gt_7d"
    OPEN = "open"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class YesNo(StrEnum):
    """A yes/no answer with the two ways of not having one."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class AgeBand(StrEnum):
    """Age at the event; rolls up to DfE's 1-4, 5-9, 10-15, 16+."""

    A0_9 = "0-9"
    A10_11 = "10-11"
    A12_13 = "12-13"
    A14_15 = "14-15"
    A16_17 = "16-17"
    A18_25 = "18-25"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class Sex(StrEnum):
    """SSDA903 from 2025 (M/F/U); 1/2 before it."""

    F = "F"
    M = "M"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class EthnicGroup(StrEnum):
    """Six broad ONS groups; the 903's detailed codes never leave the agency."""

    WHITE = "white"
    MIXED = "mixed"
    ASIAN = "asian"
    BLACK = "black"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class Indicator(StrEnum):
    """Risk-indicator catalogue codes; labels and observers are data."""

    MISS_REPEAT = "MISS_REPEAT"
    MISS_OVERNIGHT = "MISS_OVERNIGHT"
    WHEREABOUTS = "WHEREABOUTS"
    LATE_OUT = "LATE_OUT"
    CTRL_ADULT = "CTRL_ADULT"
    UNK_VEHICLE = "UNK_VEHICLE"
    UNK_CALLERS = "UNK_CALLERS"
    EXPLOITED_PEERS = "EXPLOITED_PEERS"
    RECRUITING = "RECRUITING"
    GANG_ASSOC = "GANG_ASSOC"
    HOTEL_TAXI_FOOD = "HOTEL_TAXI_FOOD"
    RISKY_AREA = "RISKY_AREA"
    UNSUIT_ACCOM = "UNSUIT_ACCOM"
    RESIDENTIAL = "RESIDENTIAL"
    OUT_OF_AREA = "OUT_OF_AREA"
    GIFTS_MONEY = "GIFTS_MONEY"
    ONLINE_GROOM = "ONLINE_GROOM"
    PHONE_USE = "PHONE_USE"
    SEXUAL_IMAGES = "SEXUAL_IMAGES"
    STI_REPEAT = "STI_REPEAT"
    STI = "STI"
    PREG_TERM = "PREG_TERM"
    INJURY = "INJURY"
    DRUGS = "DRUGS"
    ALCOHOL = "ALCOHOL"
    SELF_HARM = "SELF_HARM"
    MENTAL_HEALTH = "MENTAL_HEALTH"
    SCHOOL_ABSENCE = "SCHOOL_ABSENCE"
    APPEARANCE = "APPEARANCE"
    OFFENDING = "OFFENDING"
    ENGAGEMENT = "ENGAGEMENT"
    ESTRANGED = "ESTRANGED"
    ABUSE_HISTORY = "ABUSE_HISTORY"
    DOMESTIC_ABUSE = "DOMESTIC_ABUSE"
    PARENT_SM_MH = "PARENT_SM_MH"
    LEARNING_DIS = "LEARNING_DIS"
    LOW_ESTEEM_ISOL = "LOW_ESTEEM_ISOL"
    TRAFFICKED = "TRAFFICKED"
    DISCLOSURE_WITHDRAWN = "DISCLOSURE_WITHDRAWN"
    DISCLOSURE = "DISCLOSURE"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class IndicatorCategory(StrEnum):
    """Categories of the catalogue; training topics use the same list."""

    MISSING = "missing"
    RELATIONSHIPS = "relationships"
    LOCATION = "location"
    LIVING = "living"
    MATERIAL = "material"
    ONLINE = "online"
    HEALTH = "health"
    EDUCATION = "education"
    BEHAVIOUR = "behaviour"
    VULNERABILITY = "vulnerability"
    TRAFFICKING = "trafficking"
    DISCLOSURE = "disclosure"
    GENERAL = "general"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class RiskScheme(StrEnum):
    """Tool or scale a native level was given on; scores are never converted across schemes."""

    WEST_MIDLANDS = "west_midlands"
    SANDWELL = "sandwell"
    SERAF_2013_6M = "seraf_2013_6m"
    SERAF_2016_3M = "seraf_2016_3m"
    KENT = "kent"
    BEDFORDSHIRE = "bedfordshire"
    CAMBRIDGESHIRE = "cambridgeshire"
    WEST_YORKSHIRE = "west_yorkshire"
    STAFFORDSHIRE = "staffordshire"
    CROYDON = "croydon"
    WILTSHIRE = "wiltshire"
    PAN_CHESHIRE = "pan_cheshire"
    PAN_SUSSEX = "pan_sussex"
    SPOTTING_THE_SIGNS = "spotting_the_signs"
    LOW_MEDIUM_HIGH = "low_medium_high"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class NativeLevel(StrEnum):
    """The outcome in the tool's own words, as a closed list."""

    NO_CURRENT_CSE_RISK = "no_current_cse_risk"
    AT_RISK = "at_risk"
    SIGNIFICANT = "significant"
    SERIOUS = "serious"
    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CATEGORY_1 = "category_1"
    CATEGORY_2 = "category_2"
    CATEGORY_3 = "category_3"
    CATEGORY_4 = "category_4"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class RiskLevel(StrEnum):
    """West Midlands' four harmonised levels [sandwellcsp.org.uk]; `at_risk` is recorded unevenly."""

    NO_CURRENT_CSE_RISK = "no_current_cse_risk"
    AT_RISK = "at_risk"
    SIGNIFICANT = "significant"
    SERIOUS = "serious"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class HarmStatus(StrEnum):
    """Separate from risk: classing exploited children as "at risk" hides harm (IICSA F.3)."""

    NO_EVIDENCE = "no_evidence"
    SUSPECTED = "suspected"
    KNOWN_HARMED = "known_harmed"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class ExploitationModel(StrEnum):
    """Barking & Dagenham toolkit and Cambridgeshire form; multi-valued."""

    INAPPROPRIATE_RELATIONSHIP = "inappropriate_relationship"
    PEER = "peer"
    ORGANISED_NETWORK = "organised_network"
    PARTY = "party"
    GANG_GROUP = "gang_group"
    LONE_OFFENDER = "lone_offender"
    ONLINE = "online"
    FAMILIAL_FACILITATED = "familial_facilitated"
    STREET_SURVIVAL = "street_survival"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class LocationType(StrEnum):
    """Kinds of place, never a named place."""

    OWN_HOME = "own_home"
    FRIENDS_HOME = "friends_home"
    CHILDRENS_HOME = "childrens_home"
    OTHER_PLACEMENT = "other_placement"
    SCHOOL_COLLEGE = "school_college"
    HOTEL_BNB = "hotel_bnb"
    TAKEAWAY_FAST_FOOD = "takeaway_fast_food"
    TAXI_PRIVATE_HIRE = "taxi_private_hire"
    PARK_OPEN_SPACE = "park_open_space"
    SHOPPING_CENTRE = "shopping_centre"
    SUPERMARKET = "supermarket"
    TRANSPORT_HUB = "transport_hub"
    LICENSED_PREMISES = "licensed_premises"
    SHISHA_LATE_VENUE = "shisha_or_late_venue"
    VEHICLE = "vehicle"
    PRIVATE_FLAT_PARTY = "private_flat_party_house"
    ONLINE = "online"
    STREET = "street"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class OnlinePlatform(StrEnum):
    """Kinds of online platform, never a named one."""

    SOCIAL_MEDIA = "social_media"
    MESSAGING = "messaging"
    GAMING = "gaming"
    DATING = "dating"
    LIVESTREAM = "livestream"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class PlacementGroup(StrEnum):
    """Living situation from SSDA903 PLACE codes, grouped; H5, P2 (old) and K3 (2025) are dated mappings."""

    PARENTS = "parents"
    KINSHIP = "kinship"
    FOSTER_IN_HOUSE = "foster_in_house"
    FOSTER_AGENCY = "foster_agency"
    CHILDRENS_HOME = "childrens_home"
    SECURE = "secure"
    SUPPORTED_ACCOMMODATION = "supported_accommodation"
    RESIDENTIAL_SCHOOL = "residential_school"
    RESIDENTIAL_CARE = "residential_care"
    NHS = "nhs"
    YOI = "yoi"
    WITH_PARENTS_ON_ORDER = "with_parents_on_order"
    TEMPORARY = "temporary"
    OTHER = "other"
    NOT_LOOKED_AFTER = "not_looked_after"
    CARE_LEAVER = "care_leaver"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class PlacementArea(StrEnum):
    """Both directions of out-of-area placement."""

    IN_AREA = "in_area"
    OUT_OURS = "out_of_area_ours"
    OUT_THEIRS = "out_of_area_theirs"
    NOT_LOOKED_AFTER = "not_looked_after"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class MissingFrom(StrEnum):
    """Cleveland's list (FOI 699-24): often left blank at source."""

    HOME = "home"
    CARE = "care"
    SCHOOL = "school"
    HOSPITAL = "hospital"
    WORK = "work"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class MissingScheme(StrEnum):
    """Three overlapping vocabularies that are never merged silently."""

    SSDA903 = "ssda903"
    POLICE_APP_2017 = "police_app_2017"
    POLICE_2013 = "police_2013"
    LOCAL = "local"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class MissingStatus(StrEnum):
    """Status on the source's own scheme: 903 `M`/`A`, police missing, `nar` (no apparent risk, today very low risk),
    legacy absent."""

    MISSING_FROM_CARE = "M"
    AWAY_WITHOUT_AUTHORISATION = "A"
    MISSING = "missing"
    NO_APPARENT_RISK = "nar"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class PoliceGrade(StrEnum):
    """Police risk grade of a missing person (College of Policing): `nar`, no apparent risk, is "very low" today."""

    NO_APPARENT_RISK = "nar"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class PushPullReason(StrEnum):
    """Why a child went missing, as coded by whoever spoke with them."""

    CONTACT_WITH_FAMILY = "contact_with_family"
    CONTACT_WITH_FRIENDS = "contact_with_friends"
    PLACEMENT_UNHAPPY = "placement_unhappy"
    CONFLICT = "conflict"
    BULLYING = "bullying"
    EXPLOITATION = "exploitation"
    ABUSE = "abuse"
    SUBSTANCES = "substances"
    MENTAL_HEALTH = "mental_health"
    BOUNDARY_TESTING = "boundaries"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class ReferralRoute(StrEnum):
    """How a concern reached the agency."""

    MASH_CONTACT = "mash_contact"
    INTER_AGENCY_FORM = "inter_agency_form"
    POLICE_MARKER = "police_non_crime_cse_marker"
    SCREENING_TOOL = "screening_tool"
    RHI_DISCLOSURE = "rhi_disclosure"
    SCHOOL_LOG = "school_log"
    SEXUAL_HEALTH_PROFORMA = "sexual_health_proforma"
    A_AND_E = "a_and_e"
    PARENT_CARER = "parent_carer"
    SELF = "self"
    ANONYMOUS = "anonymous"
    THIRD_SECTOR = "third_sector"
    ONLINE_REPORT = "online_report"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class NextStep(StrEnum):
    """What followed a concern or screening."""

    UNIVERSAL = "universal"
    EARLY_HELP = "early_help"
    CIN_S17 = "cin_s17"
    S47_STRATEGY = "s47_strategy"
    CSE_OPERATIONAL_GROUP = "cse_operational_group"
    NRM = "nrm"
    NONE = "none"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class NrmStatus(StrEnum):
    """National Referral Mechanism; children need not consent."""

    NOT_CONSIDERED = "not_considered"
    CONSIDERED_NOT_REFERRED = "considered_not_referred"
    REFERRED = "referred"
    REASONABLE_GROUNDS_POSITIVE = "reasonable_grounds_positive"
    REASONABLE_GROUNDS_NEGATIVE = "reasonable_grounds_negative"
    CONCLUSIVE_GROUNDS_POSITIVE = "conclusive_grounds_positive"
    CONCLUSIVE_GROUNDS_NEGATIVE = "conclusive_grounds_negative"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class InterviewState(StrEnum):
    """Return home interview: required, offered, answered, held or not."""

    REQUIRED = "required"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NOT_REACHED = "not_reached"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class InterviewProvider(StrEnum):
    """The list of a request to authorities for 2023-24, as Lincolnshire published it (docs/domain.md).

    `commissioned_vcs` is an independent service that the authority commissions, voluntary or not: codes stay.
    """

    SOCIAL_WORKER = "social_worker"
    LA_TEAM = "la_team"
    YOUTH_WORKER = "youth_worker"
    COMMISSIONED_VCS = "commissioned_vcs"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class NotOfferedReason(StrEnum):
    """Why no return home interview was offered."""

    NOT_NOTIFIED = "not_notified"
    OUT_OF_AREA = "out_of_area"
    STILL_MISSING = "still_missing"
    TURNED_18 = "turned_18"
    CAPACITY = "capacity"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class ResponseKind(StrEnum):
    """What an agency did about a concern or an episode (measures M10, M16).

    `lead_professional` is the lead practitioner, as Working Together calls it since 2018: codes are never renamed.
    """

    STRATEGY_DISCUSSION = "strategy_discussion"
    PLAN = "plan"
    LEAD_PROFESSIONAL = "lead_professional"
    NRM = "nrm"
    REFERRAL = "referral"
    DISRUPTION = "disruption"
    NFA = "nfa"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class DisruptionAction(StrEnum):
    """Civil and licensing measures against those who exploit (Essex B1601; ASBCPA 2014 s116-118)."""

    CAWN = "cawn"
    SRO = "sro"
    SHPO = "shpo"
    LICENSING = "licensing_action"
    HOTEL_NOTICE = "hotel_notice"
    PREMISES_CLOSURE = "premises_closure"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class RoleGroup(StrEnum):
    """Who a training session was for."""

    FRONTLINE = "frontline"
    SUPERVISORS = "supervisors"
    SPECIALISTS = "specialists"
    LEADERS = "leaders"
    VOLUNTEERS = "volunteers"
    MIXED = "mixed"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class FeedbackStage(StrEnum):
    """Three-stage evaluation: before, straight after, at follow-up (Haringey; Leicester)."""

    BEFORE = "before"
    AFTER = "after"
    FOLLOW_UP = "follow_up"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class Voice(StrEnum):
    """Whose voice a theme return carries (paragraphs 160, 167, 170); always a group, never one person's words."""

    CHILDREN = "children"
    PARENTS_CARERS = "parents_carers"
    LAY_MEMBERS = "lay_members"
    FAITH_COMMUNITIES = "faith_communities"
    COMMUNITY_GROUPS = "community_groups"
    PRACTITIONERS = "practitioners"
    CASE_AUDIT = "case_audit"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class Theme(StrEnum):
    """What was said, as a closed list; wording that describes services, not children."""

    NOT_LISTENED_TO = "not_listened_to"
    LISTENED_TO = "listened_to"
    HELP_CAME_LATE = "help_came_late"
    TOO_MANY_WORKERS = "too_many_workers"
    TRUSTED_ADULT = "trusted_adult"
    HARMFUL_LANGUAGE = "harmful_language"
    INFORMATION_NOT_SHARED = "information_not_shared"
    THRESHOLD_UNCLEAR = "threshold_unclear"
    SIGNS_NOT_RECOGNISED = "signs_not_recognised"
    RETURN_INTERVIEW_USEFUL = "return_interview_useful"
    RETURN_INTERVIEW_NOT_WANTED = "return_interview_not_wanted"
    UNSAFE_PLACES = "unsafe_places"
    ONLINE_HARM = "online_harm"
    BOYS_NOT_SEEN = "boys_not_seen"
    COMMUNITY_NOT_REACHED = "community_not_reached"
    LANGUAGE_OR_INTERPRETER = "language_or_interpreter"
    WHOM_TO_TELL_UNKNOWN = "whom_to_tell_unknown"
    TRAINING_WANTED = "training_wanted"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class ErasureReason(StrEnum):
    """Why an agency erases what it sent (UK GDPR art. 17 and 16); says nothing of the child."""

    REQUEST = "request"
    """The child, or who may speak for the child, asked for it."""
    COURT_ORDER = "court_order"
    SENT_IN_ERROR = "sent_in_error"
    AGREEMENT_ENDED = "agreement_ended"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_RECORDED = "not_recorded"


class TokenKind(StrEnum):
    """What a child token was made from; `local` links inside one agency only."""

    NHS = "nhs"
    UPN = "upn"
    DEMOG = "demog"
    LOCAL = "local"
