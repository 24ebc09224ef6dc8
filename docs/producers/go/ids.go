// Keys, event ids and child tokens. docs/producers/README.md says the same in words.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"regexp"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

const upnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ"

var (
	tenDigits = regexp.MustCompile(`^[0-9]{10}$`)
	upnForm   = regexp.MustCompile(`^[A-HJ-NP-RT-Z][0-9]{12}$`)
	notLetter = regexp.MustCompile(`[^a-z]`)
)

func hmacOf(key []byte, message string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(message))
	return mac.Sum(nil)
}

// letters is the first 20 bytes, each half byte as a letter a to p.
func letters(digest []byte) string {
	var found strings.Builder
	for _, one := range digest[:20] {
		found.WriteByte('a' + one>>4)
		found.WriteByte('a' + one&15)
	}
	return found.String()
}

// keyed is HMAC-SHA-256 of the parts, joined by the byte 0x1F.
func keyed(key []byte, parts ...string) []byte { return hmacOf(key, strings.Join(parts, "\x1f")) }

// readKey derives a key from a key file, `ypsem-key v1 <purpose> <epoch> <64 hex digits>`: HKDF without salt, one block.
func readKey(file, info string) []byte {
	line, err := os.ReadFile(file)
	check(err)
	secret, err := hex.DecodeString(strings.Fields(string(line))[4])
	check(err)
	return hmacOf(hmacOf(make([]byte, 32), string(secret)), info+"\x01")
}

// Ids makes ids and tokens from the key files of a folder.
type Ids struct {
	epoch                int
	eventID, link, local []byte
}

func newIds(folder string, epoch int) Ids {
	of := func(purpose string) string { return fmt.Sprintf("%d|%s|v1", epoch, purpose) }
	return Ids{
		epoch:   epoch,
		eventID: readKey(folder+"/event-id.key", "0|event-id|v1"),
		link:    readKey(fmt.Sprintf("%s/link-%d.key", folder, epoch), of("link")),
		local:   readKey(folder+"/local.key", of("local")),
	}
}

// event gives the same id for the same record, for ever.
func (ids Ids) event(board, sourceType, record string) string {
	return letters(keyed(ids.eventID, "ypsem/event/v1", board, sourceType, record))
}

// token is "" where the identifier is not fit for linking.
func (ids Ids) token(kind string, given ...string) string {
	text, key := normalise(kind, given), ids.link
	if kind == "local" {
		key = ids.local
	}
	if text == "" {
		return ""
	}
	return "lt_" + letters(keyed(key, "ypsem/link/v1", kind, text))
}

func normalise(kind string, given []string) string {
	switch kind {
	case "nhs":
		return nhsNumber(given[0])
	case "upn":
		return upn(given[0])
	case "demog":
		return demographic(given[0], given[1], given[2], given[3])
	}
	return strings.Join(strings.Fields(strings.ToUpper(given[0])), " ")
}

// nhsNumber passes modulus 11. Outside of synthetic data also refuse those from 999.
func nhsNumber(text string) string {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(text)
	if !tenDigits.MatchString(digits) || strings.Count(digits, digits[:1]) == 10 {
		return ""
	}
	sum := 0
	for place := range 9 {
		sum += (10 - place) * int(digits[place]-'0')
	}
	if sum%11 != (11-int(digits[9]-'0'))%11 {
		return ""
	}
	if digits[:3] >= "320" && digits[:3] <= "399" {
		return "hc:" + digits
	}
	if day, month := digits[:2], digits[2:4]; day >= "01" && day <= "31" && month >= "01" && month <= "12" {
		return "chi:" + digits
	}
	return digits
}

// upn is a permanent one, with its check letter. Outside of synthetic data also refuse authority 999.
func upn(text string) string {
	upper, sum := strings.ToUpper(strings.TrimSpace(text)), 0
	if !upnForm.MatchString(upper) {
		return ""
	}
	for place, digit := range upper[1:] {
		sum += (place + 2) * int(digit-'0')
	}
	if upnLetters[sum%23] != upper[0] {
		return ""
	}
	return upper
}

func demographic(surname, firstName, born, sex string) string {
	plain := func(name string) string {
		return notLetter.ReplaceAllString(cases.Fold().String(norm.NFKD.String(name)), "")
	}
	family, given := plain(surname), plain(firstName)
	if family == "" || given == "" || (sex != "F" && sex != "M") {
		return ""
	}
	return fmt.Sprintf("%s|%s|%s|%s", family, given[:1], born, sex)
}
