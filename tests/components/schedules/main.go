// Answers as the API server and the CronJob controller do: what they refuse, and the next five times, with their own cron library.
//
// Reads lines of: moment, zone or -, schedule (moment in Unix seconds, texts as JSON). Writes for each: s where the schedule is refused and z
// where the zone is, else five times as seconds from the one before, - where there is none. To renew answers.tsv.gz:
//
//	gunzip -c answers.tsv.gz | cut -f 1-3 > questions && go run . < questions | paste questions - | gzip -9n > answers.tsv.gz
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// As in Kubernetes' pkg/apis/batch/validation.
var zonePart = regexp.MustCompile(`^[A-Za-z\.\-_0-9+]{1,14}$`)

func zoneIsTaken(zone string) bool {
	for _, part := range strings.Split(zone, "/") {
		if part == "." || part == ".." || strings.HasPrefix(part, "-") || !zonePart.MatchString(part) {
			return false
		}
	}
	_, err := time.LoadLocation(zone)
	return err == nil && !strings.EqualFold(zone, "Local")
}

// The library panics on some schedules, which Kubernetes recovers from.
func parse(text string) (schedule cron.Schedule, err error) {
	defer func() {
		if found := recover(); found != nil {
			err = fmt.Errorf("%v", found)
		}
	}()
	return cron.ParseStandard(text)
}

func answer(moment time.Time, zone *string, text string) string {
	refused := ""
	if _, err := parse(text); err != nil || strings.Contains(text, "TZ") {
		refused += "s"
	}
	if zone != nil && !zoneIsTaken(*zone) {
		refused += "z"
	}
	if refused != "" {
		return refused
	}
	if zone != nil {
		text = "TZ=" + *zone + " " + text
	}
	schedule, _ := parse(text)
	var times []string
	for len(times) < 5 {
		next := schedule.Next(moment)
		if next.IsZero() {
			times = append(times, "-")
			break
		}
		times = append(times, strconv.FormatInt(next.Unix()-moment.Unix(), 10))
		moment = next
	}
	return strings.Join(times, " ")
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fields := strings.SplitN(lines.Text(), "\t", 3)
		seconds, _ := strconv.ParseInt(fields[0], 10, 64)
		var zone *string
		var schedule string
		if fields[1] != "-" {
			if err := json.Unmarshal([]byte(fields[1]), &zone); err != nil {
				panic(err)
			}
		}
		if err := json.Unmarshal([]byte(fields[2]), &schedule); err != nil {
			panic(err)
		}
		fmt.Println(answer(time.Unix(seconds, 0).UTC(), zone, schedule))
	}
}
