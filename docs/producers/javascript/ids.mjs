// Keys, event ids and child tokens, with Node's own crypto alone. docs/producers/README.md says the same in words.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

const UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ";
const hmac = (key, message) => createHmac("sha256", key).update(message).digest();

// The first 20 bytes, each half byte as a letter a to p.
export const letters = (digest) =>
  [...digest.subarray(0, 20)].map((byte) => "abcdefghijklmnop"[byte >> 4] + "abcdefghijklmnop"[byte & 15]).join("");

// HMAC-SHA-256 of the parts, joined by the byte 0x1F.
const keyed = (key, ...parts) => hmac(key, Buffer.from(parts.join("\x1f"), "utf8"));

// HKDF-SHA-256 without salt, one block.
const derive = (secret, info) =>
  hmac(hmac(Buffer.alloc(32), secret), Buffer.concat([Buffer.from(info, "utf8"), Buffer.from([1])]));

// The key derived from a key file: `ypsem-key v1 <purpose> <epoch> <64 hex digits>`.
export const readKey = (file, info) => derive(Buffer.from(readFileSync(file, "ascii").trim().split(" ")[4], "hex"), info);

// Each returns the one spelling that is hashed, or null where the identifier is not fit for linking.
const NORMALISE = {
  // Outside of synthetic data also refuse numbers from 999.
  nhs(text) {
    const digits = text.replace(/[ -]/g, "");
    if (!/^[0-9]{10}$/.test(digits) || new Set(digits).size === 1) return null;
    const sum = [...digits.slice(0, 9)].reduce((total, digit, place) => total + (10 - place) * Number(digit), 0);
    if (sum % 11 !== (11 - Number(digits[9])) % 11) return null;
    if (digits.slice(0, 3) >= "320" && digits.slice(0, 3) <= "399") return `hc:${digits}`;
    const [day, month] = [digits.slice(0, 2), digits.slice(2, 4)];
    return (day >= "01" && day <= "31" && month >= "01" && month <= "12" ? "chi:" : "") + digits;
  },
  // Outside of synthetic data also refuse authority 999.
  upn(text) {
    const upper = text.trim().toUpperCase();
    if (!/^[A-HJ-NP-RT-Z][0-9]{12}$/.test(upper)) return null;
    const sum = [...upper.slice(1)].reduce((total, digit, place) => total + (place + 2) * Number(digit), 0);
    return UPN_LETTERS[sum % 23] === upper[0] ? upper : null;
  },
  demog(surname, firstName, born, sex) {
    // Upper and then lower case is case folding: it makes "ss" of a German sharp s.
    const plain = (name) => name.normalize("NFKD").toUpperCase().toLowerCase().replace(/[^a-z]/g, "");
    const [family, given] = [plain(surname), plain(firstName)];
    return family && given && ["F", "M"].includes(sex) ? `${family}|${given[0]}|${born}|${sex}` : null;
  },
  local: (text) => text.toUpperCase().split(/\s+/).filter(Boolean).join(" ") || null,
};

export class Ids {
  #keys;

  constructor(folder, epoch = 1) {
    this.epoch = epoch;
    this.#keys = {
      eventId: readKey(`${folder}/event-id.key`, "0|event-id|v1"),
      link: readKey(`${folder}/link-${epoch}.key`, `${epoch}|link|v1`),
      local: readKey(`${folder}/local.key`, `${epoch}|local|v1`),
    };
  }

  // The same record gives the same id, for ever.
  eventId(board, sourceType, record) {
    return letters(keyed(this.#keys.eventId, "ypsem/event/v1", board, sourceType, record));
  }

  token(kind, ...given) {
    const text = NORMALISE[kind](...given);
    const key = kind === "local" ? this.#keys.local : this.#keys.link;
    return text === null ? null : `lt_${letters(keyed(key, "ypsem/link/v1", kind, text))}`;
  }

  // The `tokens` of an event.
  tokens(identifiers) {
    return Object.entries(identifiers)
      .map(([kind, given]) => ({ kind, epoch: this.epoch, token: this.token(kind, ...given) }))
      .filter(({ token }) => token !== null);
  }
}
