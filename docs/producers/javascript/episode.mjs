// What is published: an invented missing episode, its end, and its withdrawal, three revisions of one event.
export const AGENCY = process.env.AGENCY ?? "aldermere-police";
export const BOARD = process.env.BOARD ?? "X08000001";
export const AGREEMENT = process.env.AGREEMENT ?? `dsa-${AGENCY}`;
export const TOPIC = `cse.events.${AGENCY}.v1`;

// An invented child. Identifiers are hashed here and never sent.
const CHILD = {
  nhs: ["999 000 0018"],
  upn: ["K999400123001"],
  demog: ["O'Sample-Test", "Zoë", "2010-02-01", "F"],
  local: ["p  77"],
};

// Sorted keys, no spaces: its hash without `revision` tells whether the content has changed.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join(",")}}`;
}

const event = (kind, revision, at, data) => ({
  specversion: "1.0",
  id: `${data.event_id}.${revision}`,
  source: `/agencies/${AGENCY}`,
  type: `ypsem.${kind}.v1`,
  time: at.toISOString().replace(".000Z", "Z"),
  datacontenttype: "application/json",
  data: { ...data, revision },
});

export function steps(ids, at) {
  const day = (ago) => new Date(at.getTime() - ago * 86_400_000).toISOString().slice(0, 10);
  const eventId = ids.eventId(BOARD, "ypsem.missing_episode.v1|niche", "MISPER/2026/1");
  const mine = { event_id: eventId, agency: AGENCY, board: BOARD, agreement_id: AGREEMENT };
  const opened = {
    ...mine,
    source_system: "niche",
    recorded_on: day(0),
    occurred_on: day(2),
    hour_band: "18-24",
    age_band: "14-15",
    sex: "F",
    areas: { home: "X05000001" },
    scheme: "police_app_2017",
    status: "missing",
    missing_from: "care",
    tokens: ids.tokens(CHILD),
  };
  const closed = { ...opened, ended_on: day(1), ended_hour_band: "06-12", duration_band: "6_24h" };
  return [
    event("missing_episode", 0, at, opened),
    event("missing_episode", 1, at, closed),
    event("withdrawal", 2, at, mine),
  ];
}
