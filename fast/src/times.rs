//! Times and days as the server writes them.

/// Returns the microseconds since 1970 of a time such as `2026-11-23T10:00:00.123456+00:00`, `None` for any
/// other text: Python reads those.
pub fn microseconds(text: &str) -> Option<i64> {
    let (time, fraction) = text.strip_suffix("+00:00")?.split_at_checked(19)?;
    let bytes = time.as_bytes();
    if [4, 7, 10, 13, 16].map(|place| bytes[place]) != *b"--T::" {
        return None;
    }
    let number = |from: usize, to: usize| digits(&bytes[from..to]);
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if year == 0 || hour > 23 || minute > 59 || second > 59 || day == 0 || day > days_in(year, month)? {
        return None;
    }
    let fraction = match fraction.as_bytes() {
        [] => 0,
        [b'.', six @ ..] if six.len() == 6 => digits(six)?,
        _ => return None,
    };
    let seconds = ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    Some(seconds * 1_000_000 + fraction)
}

/// Returns the days since 1970 of a day such as `2026-11-23`, `None` for any other text: Python reads those.
pub fn days(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&bytes[..4])?, digits(&bytes[5..7])?, digits(&bytes[8..])?);
    if year == 0 || day == 0 || day > days_in(year, month)? {
        return None;
    }
    i32::try_from(days_since_1970(year, month, day)).ok()
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes
        .iter()
        .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

fn days_in(year: i64, month: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if leap { 29 } else { 28 }),
        _ => None,
    }
}

/// Counts days in years that begin in March, so that the leap day is the last of them.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469
}
