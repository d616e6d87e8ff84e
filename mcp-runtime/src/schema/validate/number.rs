use std::{cmp::Ordering, fmt};

use serde_json::Number;

/// A number, compared by value: 1 and 1.0 are the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Num {
    Integer(i128),
    Fraction(f64),
}

impl Num {
    pub(super) fn from_float(value: f64) -> Self {
        // Above, `as` would change the value.
        const LIMIT: f64 = 1e38;
        if value.fract() == 0.0 && value.abs() < LIMIT {
            Self::Integer(value as i128)
        } else {
            Self::Fraction(value)
        }
    }

    pub(super) fn from_json(number: &Number) -> Self {
        match (number.as_i128(), number.as_f64()) {
            (Some(integer), _) => Self::Integer(integer),
            (None, float) => Self::from_float(float.unwrap_or(f64::NAN)),
        }
    }

    fn to_float(self) -> f64 {
        match self {
            Self::Integer(value) => value as f64,
            Self::Fraction(value) => value,
        }
    }

    pub(super) fn is_multiple_of(self, divisor: Self) -> bool {
        if let (Self::Integer(value), Self::Integer(divisor)) = (self, divisor) {
            return value.checked_rem(divisor) == Some(0);
        }
        let quotient = self.to_float() / divisor.to_float();
        // 0.3 / 0.1 is not 3 in binary fractions, and above 2^53 every float is an integer.
        const TOLERANCE: f64 = 1e-9;
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if quotient.abs() >= EXACT {
            return self.to_float() % divisor.to_float() == 0.0;
        }
        (quotient - quotient.round()).abs() <= TOLERANCE * quotient.abs().max(1.0)
    }
}

/// The integer that a number is, if it is one: 3.0 is 3.
pub(crate) fn integer(number: &Number) -> Option<i128> {
    match Num::from_json(number) {
        Num::Integer(integer) => Some(integer),
        Num::Fraction(_) => None,
    }
}

impl PartialOrd for Num {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => Some(a.cmp(b)),
            _ => self.to_float().partial_cmp(&other.to_float()),
        }
    }
}

impl fmt::Display for Num {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(f),
            Self::Fraction(value) => value.fmt(f),
        }
    }
}
