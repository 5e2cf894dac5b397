//! Times as text, and text as times.

use std::time::{Duration, UNIX_EPOCH};

/// The last moment that has four digits for the year: later ones cannot be written.
pub(crate) const LAST_MS: u64 = 253_402_300_799_999;

/// Writes a time as both APIs do: ISO 8601, UTC, milliseconds, `Z`.
pub(crate) fn format_ms(ms: u64) -> String {
    humantime::format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(ms.min(LAST_MS))).to_string()
}

/// Reads such a time; `None` for anything else. Fractions beyond milliseconds are cut.
pub(crate) fn parse_ms(text: &str) -> Option<u64> {
    let since = humantime::parse_rfc3339(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok()
}

/// Reads a time as consumers may write one, in milliseconds since 1970: any form of ISO 8601 with dashes and colons. A
/// day alone is its first moment, a time without offset is UTC, and fractions beyond milliseconds are cut.
pub(crate) fn read_ms(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    let days = days_since_1970(whole(date, '-', [4, 2, 2])?)?;
    Some(days * DAY_MS + time.map_or(Some(0), ms_of_day)?)
}

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Reads a time of day with its offset from UTC.
fn ms_of_day(text: &str) -> Option<i64> {
    let (local, offset) = text.split_at(text.find(['Z', '+', '-']).unwrap_or(text.len()));
    let (clock, fraction) = local.split_once('.').unwrap_or((local, "0"));
    let [hour, minute, second] = whole(clock, ':', [2; 3]).or_else(|| {
        let [hour, minute] = whole(clock, ':', [2; 2])?;
        Some([hour, minute, 0])
    })?;
    let fits = hour < 24 && minute < 60 && second < 60 && !fraction.is_empty();
    let fraction_ms = fraction.bytes().enumerate().try_fold(0, |ms, (place, digit)| {
        let digit = digit.is_ascii_digit().then(|| i64::from(digit - b'0'))?;
        Some(ms + digit * [100, 10, 1].get(place).unwrap_or(&0))
    })?;
    let local_ms = (hour * 60 + minute) * MINUTE_MS + second * 1_000 + fraction_ms;
    fits.then_some(local_ms - offset_ms(offset)?)
}

/// Reads an offset from UTC: `Z`, `+01:00`, `+0100`, `+01`, or nothing.
fn offset_ms(text: &str) -> Option<i64> {
    if matches!(text, "" | "Z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let [hours, minutes] = whole(&text[1..], ':', [2; 2])
        .or_else(|| whole(&text[1..], ':', [2]).map(|[hours]| [hours, 0]))
        .or_else(|| whole(&text[1..], ':', [4]).map(|[both]| [both / 100, both % 100]))?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * MINUTE_MS)
}

/// Reads numbers of exactly `digits` digits each, with `between` between them.
fn whole<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(between);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()));
        *number = part?.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

/// Returns the days from 1970-01-01 to that year, month and day of the Gregorian calendar. A year is counted from
/// March, so that the day that may be missing is its last.
fn days_since_1970([year, month, day]: [i64; 3]) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days = year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1;
    (1..=length).contains(&day).then_some(days - 719_468)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::state::clock::DEFAULT_START_MS;

    proptest! {
        #[test]
        fn a_time_is_read_as_the_moment_it_is_whatever_its_offset(
            ms in DAY_MS as u64..LAST_MS - DAY_MS as u64,
            minutes in -1_439_i64..1_440,
            colon in any::<bool>(),
        ) {
            let there = format_ms(ms.saturating_add_signed(minutes * MINUTE_MS));
            let sign = if minutes < 0 { '-' } else { '+' };
            let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
            let offset = format!("{sign}{hours:02}{}{rest:02}", if colon { ":" } else { "" });
            let written = there.replace('Z', &offset);
            prop_assert_eq!(read_ms(&written), i64::try_from(ms).ok(), "{}", written);
            prop_assert_eq!(read_ms(&format_ms(ms)), i64::try_from(ms).ok());
        }
    }

    #[test]
    fn consumers_may_write_a_time_in_many_forms_but_not_in_any() {
        let same = [
            "2024-01-20T10:00:00.000Z",
            "2024-01-20T10:00:00.000999Z",
            "2024-01-20T10:00:00Z",
            "2024-01-20T10:00Z",
            "2024-01-20T10:00:00",
            "2024-01-20T11:00:00+01:00",
            "2024-01-20T15:30+0530",
            "2024-01-19T23:00:00.0-11:00",
        ];
        for text in same {
            assert_eq!(read_ms(text), i64::try_from(DEFAULT_START_MS).ok(), "{text}");
        }
        assert_eq!(read_ms("2024-01-20"), read_ms("2024-01-20T00:00:00.000Z"));
        assert_eq!(read_ms("1969-12-31T23:59:59.999Z"), Some(-1));
        assert_eq!(read_ms("2024-02-29").zip(read_ms("2024-03-01")).map(|(one, next)| next - one), Some(DAY_MS));
        assert_eq!(read_ms("0001-01-01"), Some(-62_135_596_800_000));
        for none in [
            "",
            "yesterday",
            "2024",
            "20240120",
            "2024-1-20",
            "2023-02-29",
            "2024-13-01",
            "2024-01-00",
            "2024-01-20T",
            "2024-01-20T10",
            "2024-01-20T24:00:00Z",
            "2024-01-20T10:60:00Z",
            "2024-01-20T10:00:00.Z",
            "2024-01-20T10:00:00 01:00",
            "2024-01-20T10:00:00+1",
            "2024-01-20T10:00:00+1:000",
            "2024-01-20T10:00:00+01:",
            "2024-01-20T10:00:00Z+01:00",
            "2024-01-20T10:00:00+é1",
            "2024-01-20 10:00:00",
        ] {
            assert_eq!(read_ms(none), None, "{none}");
        }
    }

    #[test]
    fn times_are_written_with_milliseconds_and_read_back() {
        assert_eq!(format_ms(DEFAULT_START_MS), "2024-01-20T10:00:00.000Z");
        assert_eq!(parse_ms("2020-02-14T19:26:00.188Z").map(format_ms).as_deref(), Some("2020-02-14T19:26:00.188Z"));
        assert_eq!(parse_ms("yesterday"), None);
        assert_eq!(format_ms(u64::MAX), "9999-12-31T23:59:59.999Z");
    }
}
