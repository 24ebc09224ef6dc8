import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A producer in Java with kafka-clients: a missing episode, its end, and its withdrawal. Synthetic.
 *
 * <p>KEYS=keys BOOTSTRAP=host:9094 java Producer [--binary] publishes the three and prints where they lie; with
 * --print 2026-05-01T10:00:00Z it prints what it would send then; with --vectors it makes ids and tokens of lines read.
 */
public final class Producer {
    private static final String AGENCY = setting("AGENCY", "aldermere-police");
    private static final String BOARD = setting("BOARD", "X08000001");
    private static final String AGREEMENT = setting("AGREEMENT", "dsa-" + AGENCY);

    private static String setting(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }

    /** Sorted keys (maps are TreeMaps), no spaces; every text here is a code, so nothing needs escaping. */
    private static String canonical(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream().map(one -> "\"" + one.getKey() + "\":" + canonical(one.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Producer::canonical).collect(Collectors.joining(",", "[", "]"));
        }
        return value instanceof Number ? value.toString() : "\"" + value + "\"";
    }

    private static TreeMap<String, Object> with(Map<String, Object> base, Object... more) {
        TreeMap<String, Object> found = new TreeMap<>(base);
        for (int at = 0; at < more.length; at += 2) {
            found.put((String) more[at], more[at + 1]);
        }
        return found;
    }

    private static TreeMap<String, Object> event(String kind, int revision, Instant at, Map<String, Object> data) {
        return with(Map.of(), "specversion", "1.0", "id", data.get("event_id") + "." + revision,
                "source", "/agencies/" + AGENCY, "type", "ypsem." + kind + ".v1", "time", at.toString(),
                "datacontenttype", "application/json", "data", with(data, "revision", revision));
    }

    /** An invented child's tokens. Identifiers are hashed here and never sent. */
    private static List<Object> tokens(Ids ids) throws Exception {
        String[][] child = {{"nhs", "999 000 0018"}, {"upn", "K999400123001"},
            {"demog", "O'Sample-Test", "Zo\u00eb", "2010-02-01", "F"}, {"local", "p  77"}};
        List<Object> found = new ArrayList<>();
        for (String[] one : child) {
            String token = ids.token(one[0], Arrays.copyOfRange(one, 1, one.length));
            if (token != null) {
                found.add(with(Map.of(), "kind", one[0], "epoch", ids.epoch, "token", token));
            }
        }
        return found;
    }

    /** Three revisions of one event: the episode as it opens, as it closes, and taken back. */
    private static List<TreeMap<String, Object>> steps(Ids ids, Instant at) throws Exception {
        LocalDate today = at.atZone(ZoneOffset.UTC).toLocalDate();
        String id = ids.eventId(BOARD, "ypsem.missing_episode.v1|niche", "MISPER/2026/1");
        TreeMap<String, Object> mine = with(Map.of(), "event_id", id, "agency", AGENCY, "board", BOARD,
                "agreement_id", AGREEMENT);
        TreeMap<String, Object> opened = with(mine, "source_system", "niche", "recorded_on", today.toString(),
                "occurred_on", today.minusDays(2).toString(), "hour_band", "18-24", "age_band", "14-15", "sex", "F",
                "areas", with(Map.of(), "home", "X05000001"), "scheme", "police_app_2017", "status", "missing",
                "missing_from", "care", "tokens", tokens(ids));
        TreeMap<String, Object> closed = with(opened, "ended_on", today.minusDays(1).toString(),
                "ended_hour_band", "06-12", "duration_band", "6_24h");
        return List.of(event("missing_episode", 0, at, opened), event("missing_episode", 1, at, closed),
                event("withdrawal", 2, at, mine));
    }

    private static ProducerRecord<String, String> record(TreeMap<String, Object> whole, boolean binary) {
        String value = canonical(binary ? whole.get("data") : whole);
        var record = new ProducerRecord<>("cse.events." + AGENCY + ".v1", BOARD, value);
        String type = binary ? "application/json" : "application/cloudevents+json";
        record.headers().add("content-type", type.getBytes(StandardCharsets.US_ASCII));
        for (String name : binary ? List.of("specversion", "id", "source", "type", "time") : List.<String>of()) {
            record.headers().add("ce_" + name, whole.get(name).toString().getBytes(StandardCharsets.US_ASCII));
        }
        return record;
    }

    /** Address and login; in clear without KAFKA_USER, for a broker on this machine alone. */
    private static Properties connection() throws Exception {
        Properties found = new Properties();
        found.put("bootstrap.servers", System.getenv("BOOTSTRAP"));
        found.put("acks", "all");
        found.put("enable.idempotence", "true");
        found.put("compression.type", "gzip");
        if (System.getenv("KAFKA_USER") != null) {
            String password = Files.readString(Path.of(System.getenv("KAFKA_PASSWORD_FILE"))).trim();
            found.put("security.protocol", "SASL_SSL");
            found.put("sasl.mechanism", "SCRAM-SHA-512");
            found.put("sasl.jaas.config", "org.apache.kafka.common.security.scram.ScramLoginModule required username=\""
                    + System.getenv("KAFKA_USER") + "\" password=\"" + password + "\";");
            found.put("ssl.truststore.type", "PEM");
            found.put("ssl.truststore.location", System.getenv("KAFKA_CA"));
        }
        return found;
    }

    /** Prints where each record lies: that goes into your outbox, until a receipt covers it. */
    private static void publish(List<ProducerRecord<String, String>> records) throws Exception {
        try (var producer = new KafkaProducer<>(connection(), new StringSerializer(), new StringSerializer())) {
            for (var one : records) {
                var at = producer.send(one).get();
                System.out.println("{\"partition\": " + at.partition() + ", \"offset\": " + at.offset() + "}");
            }
        }
    }

    /** One answer a line: `key`, `event_id` and `token` with tab-separated input. */
    private static void vectors(Path folder) throws Exception {
        Ids ids = new Ids(folder, 1);
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).lines().toList();
        for (String line : lines) {
            String[] given = line.split("\t", -1);
            String found = switch (given[0]) {
                case "key" -> HexFormat.of().formatHex(Ids.readKey(folder.resolve(given[1]), given[2]));
                case "event_id" -> ids.eventId(given[1], given[2], given[3]);
                default -> ids.token(given[1], Arrays.copyOfRange(given, 2, given.length));
            };
            System.out.println(found == null ? "-" : found);
        }
    }

    public static void main(String[] arguments) throws Exception {
        List<String> given = List.of(arguments);
        Path folder = Path.of(System.getenv("KEYS"));
        if (given.contains("--vectors")) {
            vectors(folder);
            return;
        }
        int print = given.indexOf("--print");
        Instant at = print < 0 ? Instant.now().truncatedTo(ChronoUnit.SECONDS) : Instant.parse(given.get(print + 1));
        List<ProducerRecord<String, String>> records = new ArrayList<>();
        for (var one : steps(new Ids(folder, 1), at)) {
            if (print >= 0) {
                System.out.println(canonical(one));
            }
            records.add(record(one, given.contains("--binary")));
        }
        if (print < 0) {
            publish(records);
        }
    }
}
