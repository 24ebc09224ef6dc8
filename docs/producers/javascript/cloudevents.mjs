// The same three events with the official CloudEvents SDK, over Kafka and over HTTP, structured and binary. Synthetic.
//   KEYS=keys BOOTSTRAP=host:9094 node cloudevents.mjs kafka structured|binary
//   KEYS=keys URL=https://host:8443/v1/events TOKEN_FILE=token node cloudevents.mjs http structured|binary
import { readFileSync } from "node:fs";
import { CloudEvent, HTTP, Kafka } from "cloudevents";
import { canonical, steps } from "./episode.mjs";
import { Ids } from "./ids.mjs";
import { publish } from "./producer.mjs";

const [transport, mode] = process.argv.slice(2);
// The SDK writes `time` with milliseconds; both doors take it.
const events = steps(new Ids(process.env.KEYS), new Date()).map((one) => new CloudEvent(one));

async function post(event) {
  const message = HTTP[mode](event);
  const token = readFileSync(process.env.TOKEN_FILE, "ascii").trim();
  const body = typeof message.body === "string" ? message.body : JSON.stringify(message.body);
  const headers = { ...message.headers, authorization: `Bearer ${token}` };
  const answer = await fetch(process.env.URL, { method: "POST", headers, body });
  console.log(JSON.stringify({ status: answer.status }));
  if (answer.status !== 202) throw new Error(`refused: ${await answer.text()}`);
}

function record(event) {
  const { headers, value } = Kafka[mode](event);
  // In binary mode the SDK leaves `data` an object and some headers undefined; kafkajs wants text, and no such header.
  const defined = Object.entries(headers).filter(([, text]) => text !== undefined);
  return { headers: Object.fromEntries(defined), value: typeof value === "string" ? value : canonical(value) };
}

if (transport === "http") for (const event of events) await post(event);
else await publish(events.map(record));
