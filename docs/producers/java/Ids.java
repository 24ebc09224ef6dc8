import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Keys, event ids and child tokens, with the JDK alone. docs/producers/README.md says the same in words. */
final class Ids {
    private static final String UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ";
    final int epoch;
    private final byte[] eventId;
    private final byte[] link;
    private final byte[] local;

    Ids(Path folder, int epoch) throws Exception {
        this.epoch = epoch;
        eventId = readKey(folder.resolve("event-id.key"), "0|event-id|v1");
        link = readKey(folder.resolve("link-" + epoch + ".key"), epoch + "|link|v1");
        local = readKey(folder.resolve("local.key"), epoch + "|local|v1");
    }

    private static byte[] hmac(byte[] key, byte[] message) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message);
    }

    /** The first 20 bytes, each half byte as a letter a to p. */
    private static String letters(byte[] digest) {
        StringBuilder found = new StringBuilder();
        for (byte one : Arrays.copyOf(digest, 20)) {
            found.append((char) ('a' + (one >> 4 & 15))).append((char) ('a' + (one & 15)));
        }
        return found.toString();
    }

    /** HMAC-SHA-256 of the parts, joined by the byte 0x1F, in letters. */
    private static String keyed(byte[] key, String... parts) throws Exception {
        return letters(hmac(key, String.join("\u001f", parts).getBytes(StandardCharsets.UTF_8)));
    }

    /** The key derived from `ypsem-key v1 <purpose> <epoch> <64 hex digits>`: HKDF-SHA-256 without salt, one block. */
    static byte[] readKey(Path file, String info) throws Exception {
        byte[] secret = HexFormat.of().parseHex(Files.readString(file).trim().split(" ")[4]);
        return hmac(hmac(new byte[32], secret), (info + "\u0001").getBytes(StandardCharsets.UTF_8));
    }

    /** The same record gives the same id, for ever. */
    String eventId(String board, String sourceType, String record) throws Exception {
        return keyed(eventId, "ypsem/event/v1", board, sourceType, record);
    }

    /** Null where the identifier is not fit for linking. */
    String token(String kind, String... given) throws Exception {
        String text = switch (kind) {
            case "nhs" -> nhsNumber(given[0]);
            case "upn" -> upn(given[0]);
            case "demog" -> demographic(given[0], given[1], given[2], given[3]);
            default -> given[0].toUpperCase(Locale.ROOT).strip().replaceAll("\\s+", " ");
        };
        byte[] key = kind.equals("local") ? local : link;
        return text == null || text.isEmpty() ? null : "lt_" + keyed(key, "ypsem/link/v1", kind, text);
    }

    /** Ten digits that pass modulus 11. Outside of synthetic data also refuse those from 999. */
    private static String nhsNumber(String text) {
        String digits = text.replaceAll("[ -]", "");
        if (!digits.matches("[0-9]{10}") || digits.chars().distinct().count() == 1) {
            return null;
        }
        int sum = 0;
        for (int place = 0; place < 9; place++) {
            sum += (10 - place) * (digits.charAt(place) - '0');
        }
        if (sum % 11 != (11 - (digits.charAt(9) - '0')) % 11) {
            return null;
        }
        int area = Integer.parseInt(digits.substring(0, 3));
        int day = Integer.parseInt(digits.substring(0, 2));
        int month = Integer.parseInt(digits.substring(2, 4));
        if (area >= 320 && area <= 399) {
            return "hc:" + digits;
        }
        return (day >= 1 && day <= 31 && month >= 1 && month <= 12 ? "chi:" : "") + digits;
    }

    /** A permanent UPN with its check letter. Outside of synthetic data also refuse authority 999. */
    private static String upn(String text) {
        String upper = text.strip().toUpperCase(Locale.ROOT);
        if (!upper.matches("[A-HJ-NP-RT-Z][0-9]{12}")) {
            return null;
        }
        int sum = 0;
        for (int place = 1; place <= 12; place++) {
            sum += (place + 1) * (upper.charAt(place) - '0');
        }
        return UPN_LETTERS.charAt(sum % 23) == upper.charAt(0) ? upper : null;
    }

    private static String demographic(String surname, String firstName, String born, String sex) {
        String family = plain(surname);
        String given = plain(firstName);
        boolean whole = !family.isEmpty() && !given.isEmpty() && (sex.equals("F") || sex.equals("M"));
        return whole ? family + "|" + given.charAt(0) + "|" + born + "|" + sex : null;
    }

    /** Upper and then lower case is case folding: it makes "ss" of a German sharp s. */
    private static String plain(String name) {
        String folded = Normalizer.normalize(name, Normalizer.Form.NFKD).toUpperCase(Locale.ROOT);
        return folded.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    }
}
