// Says when cron expressions fire, by the library that Kubernetes reads them with. Reads lines of expression, time zone
// and Unix time, separated by tabs; for each it writes the Unix time of the first firing after that, 0 for never, or
// "invalid". For the tests of charts/ray/files/schedule_cron.py.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fields := strings.Split(lines.Text(), "\t")
		fmt.Fprintln(out, first(fields[0], fields[1], fields[2]))
	}
}

func first(expression, zone, after string) string {
	seconds, err := strconv.ParseInt(after, 10, 64)
	if err != nil {
		panic(err)
	}
	schedule, err := cron.ParseStandard("TZ=" + zone + " " + expression)
	if err != nil {
		return "invalid"
	}
	next := schedule.Next(time.Unix(seconds, 0))
	if next.IsZero() {
		return "0"
	}
	return strconv.FormatInt(next.Unix(), 10)
}
