// A producer in JavaScript with kafkajs. Synthetic.
//   KEYS=keys BOOTSTRAP=host:9094 node producer.mjs [--binary]     publishes three events and prints where they lie
//   KEYS=keys node producer.mjs --print 2026-05-01T10:00:00Z       prints what it would send at that time
//   KEYS=keys node producer.mjs --vectors < lines                  ids and tokens of docs/producers/vectors.json
import { readFileSync } from "node:fs";
import { BOARD, TOPIC, canonical, steps } from "./episode.mjs";
import { Ids, readKey } from "./ids.mjs";

const folder = process.env.KEYS;

// Value and headers, in structured or in binary mode.
function record(event, binary) {
  if (!binary) return { value: canonical(event), headers: { "content-type": "application/cloudevents+json" } };
  const names = ["specversion", "id", "source", "type", "time"];
  const attributes = Object.fromEntries(names.map((name) => [`ce_${name}`, event[name]]));
  return { value: canonical(event.data), headers: { "content-type": "application/json", ...attributes } };
}

// Address and login; in clear without KAFKA_USER, for a broker on this machine alone.
function connection() {
  const { BOOTSTRAP, KAFKA_USER, KAFKA_PASSWORD_FILE, KAFKA_CA } = process.env;
  const brokers = BOOTSTRAP.split(",");
  if (!KAFKA_USER) return { brokers };
  const password = readFileSync(KAFKA_PASSWORD_FILE, "ascii").trim();
  return {
    brokers,
    ssl: { ca: [readFileSync(KAFKA_CA, "utf8")] },
    sasl: { mechanism: "scram-sha-512", username: KAFKA_USER, password },
  };
}

// Sends, and prints where each record lies: that goes into your outbox, until a receipt covers it.
export async function publish(messages) {
  const { CompressionTypes, Kafka, logLevel } = await import("kafkajs");
  const kafka = new Kafka({ ...connection(), logLevel: logLevel.ERROR });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  await producer.connect();
  for (const message of messages) {
    const sent = await producer.send({
      topic: TOPIC, acks: -1, compression: CompressionTypes.GZIP, messages: [{ key: BOARD, ...message }],
    });
    console.log(JSON.stringify({ partition: sent[0].partition, offset: Number(sent[0].baseOffset) }));
  }
  await producer.disconnect();
}

// One answer a line: `key`, `event_id` and `token` with tab-separated input.
function vectors() {
  const ids = new Ids(folder);
  for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
    const [what, ...given] = line.split("\t");
    if (what === "key") console.log(readKey(`${folder}/${given[0]}`, given[1]).toString("hex"));
    else console.log((what === "event_id" ? ids.eventId(...given) : ids.token(...given)) ?? "-");
  }
}

if (process.argv[1].endsWith("producer.mjs")) {
  const at = process.argv[process.argv.indexOf("--print") + 1];
  if (process.argv.includes("--vectors")) vectors();
  else if (process.argv.includes("--print")) {
    for (const event of steps(new Ids(folder), new Date(at))) console.log(canonical(event));
  } else {
    await publish(steps(new Ids(folder), new Date()).map((event) => record(event, process.argv.includes("--binary"))));
  }
}
