"""Cron expressions as a CronJob reads them: when one fired last.

Kubernetes reads them with github.com/robfig/cron/v3, whose rules these are: five fields; lists, ranges and steps; names
in any case; `?` is `*`; Sunday is 0 alone; day of month and day of week both count where one of them is `*`, either
where both are given. A time that the clock skips does not fire, one that it shows twice fires twice.
"""

from datetime import datetime, time, timedelta, timezone

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
# Of each field: what it is called, its lowest and highest number, and the names of its numbers from the lowest on.
FIELDS = (
    ("minute", 0, 59, []),
    ("hour", 0, 23, []),
    ("day of month", 1, 31, []),
    ("month", 1, 12, MONTHS),
    ("day of week", 0, 6, WEEKDAYS),
)
DAY = timedelta(days=1)
YEARS = 5  # as far as Kubernetes looks ahead


class Cron:
    """An expression; ValueError says what is wrong with one."""

    def __init__(self, expression):
        fields = expression.split()
        if len(fields) != len(FIELDS):
            raise ValueError(f"{expression!r} has {len(fields)} fields, not {len(FIELDS)}")
        read = [_numbers(text, *field) for text, field in zip(fields, FIELDS)]
        (self.minutes, _), (self.hours, _), (self.days, any_day), (self.months, _), (self.weekdays, any_weekday) = read
        self.either = not (any_day or any_weekday)

    def last(self, now, zone):
        """Return when it fired last, at `now` or before, by the clocks of a time zone; None for not in five years.

        `now` and the result are aware and in UTC.
        """
        # From the day after, and one more than the first that is found: where clocks go back over midnight, a day
        # begins before the one before it has ended.
        day = now.astimezone(zone).date() + DAY
        found = None
        for _ in range(YEARS * 366):
            today = self._last_of_day(day, now, zone) if self._is_due(day) else None
            if found:
                return max(found, today or found)
            found, day = today, day - DAY
        return found

    def _is_due(self, day):
        by_month_day, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        due = by_month_day or by_weekday if self.either else by_month_day and by_weekday
        return due and day.month in self.months

    def _last_of_day(self, day, now, zone):
        """Return the last moment not after `now` at which the clock shows one of a day's times."""
        moments = (
            _moment(datetime.combine(day, time(hour, minute)), fold, zone)
            for hour in self.hours
            for minute in self.minutes
            for fold in (0, 1)
        )
        return max((moment for moment in moments if moment and moment <= now), default=None)


def _moment(shown, fold, zone):
    """Return the moment at which a zone's clock shows a time, for the first or the second time; None if it skips it."""
    moment = shown.replace(fold=fold, tzinfo=zone).astimezone(timezone.utc)
    return moment if moment.astimezone(zone).replace(tzinfo=None, fold=0) == shown else None


def _numbers(text, field, lowest, highest, names):
    """Return the numbers that a field stands for, and whether it is open: with a `*` in it that skips nothing."""
    numbers, is_open = set(), False
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, hyphen, last = span.partition("-")
        try:
            step = _number(step, []) if slash else 1
            if span in ("*", "?"):
                low, high = lowest, highest
                is_open = is_open or step == 1
            else:
                low = _number(first, names)
                high = _number(last, names) if hyphen else highest if slash else low
        except ValueError:
            raise ValueError(f"{part!r} is no {field}") from None
        if not lowest <= low <= high <= highest or step < 1:
            raise ValueError(f"{part!r} is no {field}: {lowest} to {highest}")
        numbers.update(range(low, high + 1, step))
    return numbers, is_open


def _number(text, names):
    if text.lower() in names:
        # Of the months the first is 1, of the days of the week 0.
        return names.index(text.lower()) + (names is MONTHS)
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)
