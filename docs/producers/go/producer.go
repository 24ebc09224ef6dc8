// A producer in Go with franz-go: a missing episode, its end, and its withdrawal. Synthetic.
//
//	KEYS=keys BOOTSTRAP=host:9094 ./producer [--binary]     publishes the three and prints where they lie
//	KEYS=keys ./producer --print 2026-05-01T10:00:00Z       prints what it would send at that time
//	KEYS=keys ./producer --vectors < lines                  ids and tokens of docs/producers/vectors.json
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

type object = map[string]any

var (
	agency    = setting("AGENCY", "aldermere-police")
	board     = setting("BOARD", "X08000001")
	agreement = setting("AGREEMENT", "dsa-"+agency)
	// An invented child. Identifiers are hashed here and never sent.
	child = [][]string{
		{"nhs", "999 000 0018"}, {"upn", "K999400123001"}, {"demog", "O'Sample-Test", "Zoë", "2010-02-01", "F"}, {"local", "p  77"},
	}
)

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// canonical has sorted keys and no spaces: its hash without `revision` tells whether the content has changed.
func canonical(value any) []byte {
	text, err := json.Marshal(value)
	check(err)
	return text
}

func event(kind string, revision int, at time.Time, data object) object {
	data["revision"] = revision
	return object{
		"specversion": "1.0", "id": fmt.Sprintf("%s.%d", data["event_id"], revision), "source": "/agencies/" + agency,
		"type": "ypsem." + kind + ".v1", "time": at.Format(time.RFC3339), "datacontenttype": "application/json", "data": data,
	}
}

// steps are three revisions of one event: the episode as it opens, as it closes, and taken back.
func steps(ids Ids, at time.Time) []object {
	day := func(ago int) string { return at.AddDate(0, 0, -ago).Format(time.DateOnly) }
	eventID := ids.event(board, "ypsem.missing_episode.v1|niche", "MISPER/2026/1")
	mine := object{"event_id": eventID, "agency": agency, "board": board, "agreement_id": agreement}
	tokens := []object{}
	for _, one := range child {
		if token := ids.token(one[0], one[1:]...); token != "" {
			tokens = append(tokens, object{"kind": one[0], "epoch": ids.epoch, "token": token})
		}
	}
	opened := maps.Clone(mine)
	maps.Copy(opened, object{
		"source_system": "niche", "recorded_on": day(0), "occurred_on": day(2), "hour_band": "18-24",
		"age_band": "14-15", "sex": "F", "areas": object{"home": "X05000001"}, "scheme": "police_app_2017",
		"status": "missing", "missing_from": "care", "tokens": tokens,
	})
	closed := maps.Clone(opened)
	maps.Copy(closed, object{"ended_on": day(1), "ended_hour_band": "06-12", "duration_band": "6_24h"})
	return []object{
		event("missing_episode", 0, at, opened), event("missing_episode", 1, at, closed), event("withdrawal", 2, at, mine),
	}
}

func record(whole object, binary bool) *kgo.Record {
	if !binary {
		headers := []kgo.RecordHeader{{Key: "content-type", Value: []byte("application/cloudevents+json")}}
		return &kgo.Record{Key: []byte(board), Value: canonical(whole), Headers: headers}
	}
	headers := []kgo.RecordHeader{{Key: "content-type", Value: []byte("application/json")}}
	for _, name := range []string{"specversion", "id", "source", "type", "time"} {
		headers = append(headers, kgo.RecordHeader{Key: "ce_" + name, Value: []byte(whole[name].(string))})
	}
	return &kgo.Record{Key: []byte(board), Value: canonical(whole["data"]), Headers: headers}
}

// connection is in clear without KAFKA_USER, for a broker on this machine alone.
func connection() []kgo.Opt {
	options := []kgo.Opt{
		kgo.SeedBrokers(strings.Split(os.Getenv("BOOTSTRAP"), ",")...), kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.DefaultProduceTopic("cse.events." + agency + ".v1"), kgo.ProducerBatchCompression(kgo.GzipCompression()),
	}
	if os.Getenv("KAFKA_USER") == "" {
		return options
	}
	password, err := os.ReadFile(os.Getenv("KAFKA_PASSWORD_FILE"))
	check(err)
	ca, err := os.ReadFile(os.Getenv("KAFKA_CA"))
	check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	login := scram.Auth{User: os.Getenv("KAFKA_USER"), Pass: strings.TrimSpace(string(password))}
	return append(options, kgo.SASL(login.AsSha512Mechanism()), kgo.DialTLSConfig(&tls.Config{RootCAs: roots}))
}

// publish prints where each record lies: that goes into your outbox, until a receipt covers it.
func publish(records []*kgo.Record) {
	client, err := kgo.NewClient(connection()...)
	check(err)
	defer client.Close()
	for _, one := range client.ProduceSync(context.Background(), records...) {
		check(one.Err)
		fmt.Printf("{\"partition\": %d, \"offset\": %d}\n", one.Record.Partition, one.Record.Offset)
	}
}

// vectors gives one answer a line: `key`, `event_id` and `token` with tab-separated input.
func vectors(folder string) {
	ids, lines := newIds(folder, 1), bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		given := strings.Split(lines.Text(), "\t")
		switch given[0] {
		case "key":
			fmt.Println(hex.EncodeToString(readKey(folder+"/"+given[1], given[2])))
		case "event_id":
			fmt.Println(ids.event(given[1], given[2], given[3]))
		default:
			if token := ids.token(given[1], given[2:]...); token != "" {
				fmt.Println(token)
			} else {
				fmt.Println("-")
			}
		}
	}
}

func main() {
	folder := os.Getenv("KEYS")
	if slices.Contains(os.Args, "--vectors") {
		vectors(folder)
		return
	}
	printed, at := slices.Index(os.Args, "--print"), time.Now().UTC().Truncate(time.Second)
	if printed >= 0 {
		var err error
		at, err = time.Parse(time.RFC3339, os.Args[printed+1])
		check(err)
	}
	var records []*kgo.Record
	for _, one := range steps(newIds(folder, 1), at) {
		if printed >= 0 {
			fmt.Println(string(canonical(one)))
			continue
		}
		records = append(records, record(one, slices.Contains(os.Args, "--binary")))
	}
	if printed < 0 {
		publish(records)
	}
}
