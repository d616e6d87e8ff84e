/// A byte of a URI. An escape is one byte, and not the same as that byte: `%2F` separates nothing.
///
/// Characters beyond ASCII count as escaped, because a URI can only hold them so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) byte: u8,
    pub(super) escaped: bool,
}

impl Unit {
    pub(super) const fn plain(byte: u8) -> Self {
        Self { byte, escaped: false }
    }

    pub(super) fn is_plain(self, byte: u8) -> bool {
        self == Self::plain(byte)
    }
}

/// The units of a text, unless it has a broken escape or a character that no URI has.
pub(super) fn units(text: &str) -> Option<Vec<Unit>> {
    let mut units = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        units.push(match byte {
            b'%' => {
                let (high, low) = (hex(bytes.next()?)?, hex(bytes.next()?)?);
                Unit { byte: high << 4 | low, escaped: true }
            }
            0x80.. => Unit { byte, escaped: true },
            _ if is_in_uris(byte) => Unit::plain(byte),
            _ => return None,
        });
    }
    Some(units)
}

/// The text that units stand for, if it is UTF-8.
pub(super) fn decode(units: &[Unit]) -> Option<String> {
    String::from_utf8(units.iter().map(|unit| unit.byte).collect()).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Unreserved and reserved characters of RFC 3986.
fn is_in_uris(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&byte)
}
